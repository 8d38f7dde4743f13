import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { viewEnsemble } from '../../../src/assess/ensemble/ensemble.ts';
import { forwardCommand } from '../../../src/http/page/forward.ts';
import { layOut } from '../../../src/http/page/graph-layout.ts';
import { renderUpdate } from '../../../src/http/page/render.ts';
import type { PageState } from '../../../src/http/page/state.ts';
import type { EnsembleMember } from '../../../src/model/ensemble.ts';
import { zookeeper } from '../../../src/profiles/zookeeper.ts';
import { capturedReports, evidenceOf } from '../../assess/captured-ensemble.ts';
import { HOSTILE } from './hostile.ts';
import { ensembleMember, leaderOf, pageState, STATES } from './states.ts';

const graphOf = (state: PageState): string => renderUpdate(state).sections['graph'] ?? '';

/** The page of a captured follower that asks the others. */
async function captured(moment: string): Promise<PageState> {
  const [dead, own, leader] = await capturedReports(moment);
  assert.ok(dead && own && leader);
  return pageState(own, { ensemble: viewEnsemble(evidenceOf([own, dead, leader])) });
}

test('a dead voter and its missing link are red on another follower’s page', async () => {
  const graph = graphOf(await captured('none-basic/follower-down-3s'));
  assert.match(graph, /class="node absent"/);
  assert.match(graph, /class="edge missing"><title>10\.96\.7\.10, 10\.96\.8\.10: quorum missing/);
  assert.match(graph, />quorum missing<\/text>/);
});

test('the graph marks this member and who leads, and draws no link that nobody needs or has', async () => {
  const graph = graphOf(await captured('none-basic/healthy'));
  const wide = graph.split('class="narrow"')[0] ?? '';
  assert.equal(wide.split('class="star"').length, 2);
  assert.equal(wide.split('>this member<').length, 2);
  assert.equal(wide.match(/class="edge linked"/g)?.length, 2, 'each follower with the leader');
  assert.doesNotMatch(graph, /edge (?:missing|troubled|one-sided)/);
});

test('a leader whose probe is silent keeps its star, and the link that this member has with it its line', async () => {
  const [other, own, leader] = await capturedReports('none-basic/healthy');
  assert.ok(other && own && leader);
  const evidence = evidenceOf([own, other, leader]);
  const silent = { kind: 'timeout', reason: 'no answer' } as const;
  const answers = new Map(evidence.answers).set(leader.member.addresses[0] ?? '', silent);
  const graph = graphOf(pageState(own, { ensemble: viewEnsemble({ ...evidence, answers }) }));
  const wide = graph.split('class="narrow"')[0] ?? '';
  assert.match(wide, />probe silent</);
  assert.equal(wide.split('class="star"').length, 2);
  assert.equal(wide.match(/class="edge linked"/g)?.length, 2, 'each follower with the leader');
});

test('without asking there is no graph of what is not known', () => {
  assert.equal(graphOf(STATES.leader), '');
});

test('of more members than fit those in trouble are drawn, and the others counted', () => {
  const { report } = leaderOf(12);
  const links = report.links.filter(({ peer }) => !peer?.startsWith('zk-11.'));
  const own = { ...report, links };
  const view = { own, answers: new Map(), profile: zookeeper, observers: new Set<string>() };
  const graph = graphOf(
    pageState({ ...own, quorum: { ...own.quorum, votes: 11 } }, { ensemble: viewEnsemble(view) }),
  );
  assert.match(graph, /3 more not drawn/);
  assert.match(graph, /<title>zk-11\.[^<]*: absent<\/title>/);
});

test('boxes neither overlap nor leave the drawing, for any number of members', () => {
  const sizes = [
    { width: 960, box: { width: 204, height: 54 }, letters: 19 },
    { width: 344, box: { width: 84, height: 44 }, letters: 7 },
  ];
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom(...sizes), (count, size) => {
      const members = Array.from({ length: count }, (_, n) =>
        ensembleMember(`zk-${n}`, 'answered', 'learner'),
      );
      const { height, members: placed } = layOut(members, size);
      for (const { x, y } of placed) {
        assert.ok(x >= size.box.width / 2 && x <= size.width - size.box.width / 2);
        assert.ok(y >= size.box.height / 2 && y <= height - size.box.height / 2);
      }
      for (const [at, one] of placed.entries()) {
        for (const other of placed.slice(at + 1)) {
          const isApart =
            Math.abs(one.x - other.x) >= size.box.width ||
            Math.abs(one.y - other.y) >= size.box.height;
          assert.ok(isApart, `${count}: ${one.member.name} and ${other.member.name} overlap`);
        }
      }
    }),
  );
});

test('another member’s page is opened by a command that can be pasted', () => {
  const command = (name: string, pod: string | null) => forwardCommand({ name, pod }, 4888);
  assert.equal(
    command('zk-1.zk-headless.prod.svc.cluster.local', null),
    'kubectl port-forward -n prod pod/zk-1 :4888',
  );
  assert.equal(
    command('zk-1.zk-headless.prod', null),
    'kubectl port-forward -n prod pod/zk-1 :4888',
  );
  assert.equal(command('zk-1.zk', null), 'kubectl port-forward pod/zk-1 :4888');
  assert.equal(command('10.96.8.11', 'zk-1'), 'kubectl port-forward pod/zk-1 :4888');
  assert.equal(command('10.96.8.11', null), null);
});

test('nothing that a member says of itself becomes another command', () => {
  const pods = fc.oneof(fc.string(), fc.constantFrom('a;reboot', '$(id)', '-n', 'a b', HOSTILE));
  fc.assert(
    fc.property(pods, pods, (name, pod) => {
      const command = forwardCommand({ name, pod }, 4888);
      if (command !== null)
        assert.match(command, /^kubectl port-forward( -n [a-z0-9-]+)? pod\/[a-z0-9-]+ :4888$/);
    }),
  );
  const member: EnsembleMember = {
    ...ensembleMember('10.0.0.9', 'answered', 'learner'),
    pod: 'x; rm -rf ~',
  };
  assert.equal(forwardCommand(member, 4888), null);
});
