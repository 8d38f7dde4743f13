import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createMember, type Member, type Ports } from './member.ts';

export const ZOOKEEPER_PORTS: Ports = { client: 2181, quorum: 2888, election: 3888 };

/** An ensemble in ZooKeeper's shape, to be looked at by its sockets; it stores and answers nothing. */
export interface StandIn {
  /** In the order of the addresses given; ids count from 1. */
  readonly members: readonly Member[];
  /** The smallest id: never elected while another is up, so it stays a learner throughout. */
  readonly watched: Member;
  readonly ports: Ports;
  /** The leading member, or `null` between its loss and the next election. */
  leader(): Member | null;
  /** Ends the leader and resolves to it, once the survivors are looking. */
  loseLeader(): Promise<Member>;
  /** Makes the largest id that is up the leader; the others follow it and get a client. */
  elect(): Promise<Member>;
  /** Starts the lost members again, as learners. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** One loopback address for each member. */
  readonly addresses: readonly string[];
  readonly ports?: Ports;
  /** What the client ports answer to `srvr`; nothing where it is left out. */
  readonly srvr?: string;
}

/** Starts all members, links every pair and elects the largest id. */
export async function startStandIn(options: StandInOptions): Promise<StandIn> {
  const ports = options.ports ?? ZOOKEEPER_PORTS;
  const members = options.addresses.map((address, index) =>
    createMember(index + 1, address, ports, options.srvr),
  );
  const [watched] = members;
  if (watched === undefined) throw new Error('a stand-in needs at least one address');
  const majority = Math.floor(members.length / 2) + 1;
  const up = new Set<Member>();
  const clients = new Set<Socket>();
  let leading: Member | null = null;

  async function bringUp(member: Member): Promise<void> {
    await member.start();
    for (const peer of up) {
      if (member.id > peer.id) await member.dialElection(peer);
      else await peer.dialElection(member);
    }
    up.add(member);
  }

  async function connectClient(member: Member): Promise<void> {
    const client = connect({ host: member.address, port: ports.client });
    clients.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
    client.resume();
    await once(client, 'connect');
  }

  async function follow(learner: Member, leader: Member): Promise<void> {
    await learner.follow(leader);
    await connectClient(learner);
  }

  async function elect(): Promise<Member> {
    const leader = [...up].sort((a, b) => b.id - a.id)[0];
    if (leader === undefined || up.size < majority) {
      throw new Error(`${up.size} of ${members.length} members are up: no majority to elect`);
    }
    await leader.lead();
    await connectClient(leader);
    for (const learner of up) if (learner !== leader) await follow(learner, leader);
    leading = leader;
    return leader;
  }

  async function close(): Promise<void> {
    leading = null;
    for (const client of clients) client.destroy();
    await Promise.all([...up].map((member) => member.stop()));
    up.clear();
  }

  try {
    for (const member of members) await bringUp(member);
    await elect();
  } catch (error) {
    await Promise.all(members.map((member) => member.stop()));
    throw error;
  }

  return {
    members,
    watched,
    ports,
    leader: () => leading,
    elect,
    close,
    async loseLeader() {
      const lost = leading;
      if (lost === null) throw new Error('there is no leader to lose: elect one first');
      leading = null;
      up.delete(lost);
      await lost.stop();
      await Promise.all([...up].map((member) => member.looking()));
      return lost;
    },
    async restore() {
      for (const member of members.filter((each) => !up.has(each))) {
        await bringUp(member);
        if (leading !== null) await follow(member, leading);
      }
    },
  };
}
