# Shared by the scripts of this folder.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What took long to build, or was downloaded; and, below it, what one node keeps while it runs.
cache=${QUORUM_CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/quorum-probe-cluster}
state=$cache/state
node=qp-node
node_ip=172.30.0.2
# The name of the node's own group below each controller of version 1.
group=qpkube
controllers=(cpu cpuacct cpuset memory devices freezer blkio pids systemd)

# Writes a configuration file with the paths of this machine in place of @state@ and @here@.
fill() { sed -e "s#@state@#$state#g" -e "s#@here@#$here#g" "$here/$1" >"$2"; }

# Whether the node's first process runs: the pid alone may be another's by now.
is_up() { [[ -f $state/node.pid ]] && tr "\0" " " <"/proc/$(<"$state/node.pid")/cmdline" 2>/dev/null | grep -q /test/cluster/node/init; }
