import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Ports {
  readonly client: number;
  readonly quorum: number;
  readonly election: number;
}
type Role = keyof Ports;

/** One stand-in server: real TCP sockets where a ZooKeeper server has them, and nothing else of it. */
export interface Member {
  readonly id: number;
  readonly name: string;
  readonly address: string;
  /** Opens the client and election ports, which every server holds open whatever its role. */
  start(): Promise<void>;
  /** Opens the election link to a server of a smaller id; only the larger id dials. */
  dialElection(peer: Member): Promise<void>;
  /** Opens the quorum port, which only a leader has, and pings every learner that dials it. */
  lead(): Promise<void>;
  /** Dials the leader's quorum port; when that link ends, the clients are dropped. */
  follow(leader: Member): Promise<void>;
  /** Resolves once the link to the leader that `follow` opened is gone. */
  looking(): Promise<void>;
  /** Closes every socket, as the death of the process would. */
  stop(): Promise<void>;
}

/** The leader pings each learner every half tick, 1 s with the usual tickTime of 2 s. */
const PING_INTERVAL_MS = 1_000;
const PING = Buffer.alloc(20);

export function createMember(id: number, address: string, ports: Ports, srvr?: string): Member {
  const servers = new Map<Role, Server>();
  const sockets = new Map<Role, Set<Socket>>();
  let linkToLeader: Promise<unknown> = Promise.resolve();

  function keep(role: Role, socket: Socket): void {
    const kept = sockets.get(role) ?? new Set();
    sockets.set(role, kept.add(socket));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => kept.delete(socket));
    socket.resume();
  }

  async function listen(role: Role, onLink: (socket: Socket) => void): Promise<void> {
    const server = createServer((socket) => {
      keep(role, socket);
      onLink(socket);
    });
    server.listen(ports[role], address);
    await once(server, 'listening');
    servers.set(role, server);
  }

  async function dial(role: Role, peer: Member): Promise<Socket> {
    const socket = connect({ host: peer.address, port: ports[role], localAddress: address });
    keep(role, socket);
    await once(socket, 'connect');
    return socket;
  }

  function drop(role: Role): void {
    for (const socket of sockets.get(role) ?? []) socket.destroy();
  }

  return {
    id,
    name: `zk-${id}`,
    address,
    async start() {
      await listen('client', (client) => {
        if (srvr !== undefined) client.once('data', () => client.end(srvr));
      });
      await listen('election', () => {});
    },
    async dialElection(peer) {
      await dial('election', peer);
    },
    async lead() {
      await listen('quorum', (learner) => {
        const pings = setInterval(() => learner.write(PING), PING_INTERVAL_MS);
        learner.on('close', () => clearInterval(pings));
      });
    },
    async follow(leader) {
      const link = await dial('quorum', leader);
      link.on('data', (ping) => link.write(ping));
      link.on('close', () => drop('client'));
      linkToLeader = once(link, 'close');
    },
    async looking() {
      await linkToLeader;
    },
    async stop() {
      const closed = [...servers.values()].map((server) => {
        const close = once(server, 'close');
        server.close();
        return close;
      });
      servers.clear();
      for (const role of sockets.keys()) drop(role);
      await Promise.all(closed);
    },
  };
}
