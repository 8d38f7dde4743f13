// A server on hashicorp/raft with its time-outs as Consul sets them, for the lab.
// Arguments: its own address, a directory, and the addresses of all servers, with ports.
package main

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/raft"
	"github.com/hashicorp/raft-boltdb/v2"
)

// nothing is a state machine that keeps nothing.
type nothing struct{}

func (nothing) Apply(*raft.Log) any                  { return nil }
func (nothing) Snapshot() (raft.FSMSnapshot, error)  { return nothing{}, nil }
func (nothing) Restore(snapshot io.ReadCloser) error { return snapshot.Close() }
func (nothing) Persist(sink raft.SnapshotSink) error { return sink.Close() }
func (nothing) Release()                             {}

func main() {
	own, directory, all := os.Args[1], os.Args[2], os.Args[3:]
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(own)
	address, err := net.ResolveTCPAddr("tcp", own)
	check(err)
	transport, err := raft.NewTCPTransport(own, address, 3, 10*time.Second, os.Stderr)
	check(err)
	store, err := raftboltdb.NewBoltStore(filepath.Join(directory, "raft.db"))
	check(err)
	var servers []raft.Server
	for _, one := range all {
		servers = append(servers, raft.Server{ID: raft.ServerID(one), Address: raft.ServerAddress(one)})
	}
	node, err := raft.NewRaft(config, nothing{}, store, store, raft.NewDiscardSnapshotStore(), transport)
	check(err)
	// Fails on a server that was started before, which knows the others already.
	node.BootstrapCluster(raft.Configuration{Servers: servers})
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) {
		leader, _ := node.LeaderWithID()
		json.NewEncoder(answer).Encode(map[string]string{"state": node.State().String(), "leader": string(leader)})
	})
	host, _, _ := strings.Cut(own, ":")
	check(http.ListenAndServe(host+":8500", nil))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
