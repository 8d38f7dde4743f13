import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusWords } from '../../../src/http/page/draw-column.ts';
import { peerFigures } from '../../../src/http/page/lanes.ts';
import type { PageState } from '../../../src/http/page/state.ts';
import { link, pageState, peer, STATES } from './states.ts';

/** The picture as lines of text: peer, status, role, then each of its lines. */
function drawn(state: PageState): readonly string[] {
  return peerFigures(state).map(({ name, status, role, lanes }) => {
    const lines = lanes.map((lane) => `${lane.label} ${lane.direction ?? '-'} ${lane.state}`);
    return `${name.split('.')[0]} ${status} ${role}: ${lines.join(', ')}`;
  });
}

test('a leader shows its learners with the links of both ports', () => {
  assert.deepEqual(drawn(STATES.leader), [
    'zk-1 linked learner: quorum 2888 inbound up, election 3888 inbound up',
    'zk-2 linked learner: quorum 2888 inbound up, election 3888 outbound up',
  ]);
});

test('a learner shows its leader, and an idle-cut election link as nothing to worry about', () => {
  assert.deepEqual(drawn(STATES.learner), [
    'zk-1 unknown unknown: election 3888 - idle',
    'zk-2 linked leader: quorum 2888 outbound up, election 3888 inbound up',
  ]);
});

test('while it looks for a leader, an election link that is not there is missing', () => {
  assert.deepEqual(drawn(STATES.looking), [
    'zk-1 connecting unknown: election 3888 outbound connecting',
    'zk-2 missing unknown: election 3888 - missing',
  ]);
});

test('links that the mesh proxy hides are drawn as seen at the proxy', () => {
  assert.deepEqual(drawn(STATES.mesh), [
    'zk-1 linked unknown: election 3888 outbound up, quorum 2888 inbound hidden',
    'zk-2 linked unknown: election 3888 outbound up, quorum 2888 inbound hidden',
  ]);
});

test('a stalled link bears its time and its unacknowledged bytes', () => {
  const [lane] = peerFigures(STATES.stalled)[0]?.lanes ?? [];
  assert.deepEqual([lane?.state, lane?.stalledMs, lane?.unackedBytes], ['stalled', 12_300, 468]);
});

test('links of one kind become one line with a count', () => {
  const twice = pageState({ links: [link('quorum', 'inbound', 1), link('quorum', 'inbound', 1)] });
  assert.equal(peerFigures(twice)[0]?.lanes[0]?.count, 2);
});

test('a link is its peer’s by name or by address', () => {
  const byAddress = pageState({
    links: [{ ...link('quorum', 'inbound', 1), peer: peer(1).addresses[0] ?? null }],
    peers: [peer(1)],
  });
  assert.deepEqual(drawn(byAddress), [
    'zk-1 linked learner: quorum 2888 inbound up, election 3888 - idle',
  ]);
});

test('an address of no member is a stranger where members are known, a peer where none are', () => {
  const links = [{ ...link('election', 'inbound', 1), peer: '10.0.0.9' }];
  assert.match(drawn(pageState({ links })).at(-1) ?? '', /^10 stranger/);
  assert.match(drawn(pageState({ links, peers: [] })).at(-1) ?? '', /^10 linked/);
});

test('a peer that is known by its links alone is not called linked beside a link that has stalled', () => {
  const statusWith = (...states: ReturnType<typeof link>['state'][]) => {
    const links = states.map((state) => ({
      ...link('election', 'inbound', 1, { state }),
      peer: '10.0.0.9',
    }));
    return peerFigures(pageState({ links, peers: [] }))[0]?.status;
  };
  assert.equal(statusWith('up', 'stalled', 'connecting'), 'stalled');
  assert.equal(statusWith('connecting', 'up'), 'linked');
  assert.equal(statusWith('connecting', 'closing'), 'connecting');
  assert.equal(statusWith('closing'), 'unknown');
});

test('a peer that this role needs no link with is not unknown because an election left one', () => {
  const links = [
    link('quorum', 'outbound', 2),
    link('election', 'outbound', 1),
    link('election', 'inbound', 2),
  ];
  const [peerOne] = peerFigures(pageState({ ...STATES.learner.report, links }));
  assert.ok(peerOne?.status === 'unknown' && peerOne.lanes.some(({ state }) => state === 'up'));
  assert.equal(statusWords(peerOne), 'no link needed');
  const hidden = {
    ...peerOne,
    lanes: peerOne.lanes.map((lane) => ({ ...lane, state: 'hidden' as const })),
  };
  assert.equal(statusWords(hidden), 'unknown');
});

test('roles that the members told themselves go first', () => {
  assert.deepEqual(
    peerFigures(STATES.asked).map(({ role }) => role),
    ['learner', 'leader'],
  );
});
