import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import type { Member, Ports } from './member.ts';
import { findPlace, somePorts } from './place.ts';
import { ESTABLISHED, LISTEN, readRows } from './socket-rows.ts';
import { type StandIn, startStandIn } from './stand-in.ts';

const running: StandIn[] = [];
after(() => Promise.all(running.map((standIn) => standIn.close())));

async function startSomewhere(): Promise<StandIn> {
  const standIn = await startStandIn(await findPlace(somePorts(), 'refuse'));
  running.push(standIn);
  return standIn;
}

function listens(member: Member, port: number): boolean {
  return readRows().some(
    (row) => row.state === LISTEN && row.local === `${member.address}:${port}`,
  );
}

/** `from>to` for each ESTABLISHED link that one member dialled to another's port. */
function linksOn(standIn: StandIn, role: keyof Ports): string[] {
  const names = new Map(standIn.members.map((member) => [member.address, member.id]));
  return readRows()
    .filter((row) => row.state === ESTABLISHED)
    .filter((row) => row.remote.endsWith(`:${standIn.ports[role]}`))
    .map((row) => [row.local, row.remote].map((end) => names.get(end.split(':')[0] ?? '') ?? '?'))
    .map(([from, to]) => `${from}>${to}`)
    .sort((a, b) => a.localeCompare(b));
}

test('every member listens for clients and elections, the leader alone for learners', async () => {
  const standIn = await startSomewhere();
  const { client, quorum, election } = standIn.ports;
  for (const member of standIn.members) {
    assert.ok(listens(member, client));
    assert.ok(listens(member, election));
    assert.equal(listens(member, quorum), member === standIn.leader());
  }
  assert.equal(standIn.leader()?.id, 3);
});

test('the larger id dials on election, learners dial the leader, each member has a client', async () => {
  const standIn = await startSomewhere();
  assert.deepEqual(linksOn(standIn, 'election'), ['2>1', '3>1', '3>2']);
  assert.deepEqual(linksOn(standIn, 'quorum'), ['1>3', '2>3']);
  assert.deepEqual(linksOn(standIn, 'client'), ['?>1', '?>2', '?>3']);
});

test('the leader pings whoever dials its quorum port', async () => {
  const standIn = await startSomewhere();
  const learner = connect(standIn.ports.quorum, standIn.leader()?.address);
  await once(learner, 'data', { signal: AbortSignal.timeout(5_000) });
  learner.destroy();
});

test('a lost leader leaves no listener or link behind, and the survivors look without clients', async () => {
  const standIn = await startSomewhere();
  const lost = await standIn.loseLeader();
  assert.equal(lost.id, 3);
  assert.equal(standIn.leader(), null);
  for (const port of Object.values(standIn.ports)) assert.ok(!listens(lost, port));
  assert.deepEqual(linksOn(standIn, 'election'), ['2>1']);
  assert.deepEqual(linksOn(standIn, 'quorum'), []);
  assert.deepEqual(linksOn(standIn, 'client'), []);
  assert.ok(listens(standIn.watched, standIn.ports.client));
});

test('the survivors elect another leader, and the lost one comes back as its learner', async () => {
  const standIn = await startSomewhere();
  await standIn.loseLeader();
  assert.equal((await standIn.elect()).id, 2);
  assert.deepEqual(linksOn(standIn, 'quorum'), ['1>2']);
  await standIn.restore();
  assert.deepEqual(linksOn(standIn, 'quorum'), ['1>2', '3>2']);
  assert.deepEqual(linksOn(standIn, 'election'), ['2>1', '3>1', '3>2']);
  assert.equal((await standIn.loseLeader()).id, 2);
  assert.equal((await standIn.elect()).id, 3);
});

test('an election needs a majority', async () => {
  const standIn = await startSomewhere();
  await standIn.loseLeader();
  await standIn.elect();
  await standIn.loseLeader();
  await assert.rejects(standIn.elect(), /1 of 3 members are up/);
});
