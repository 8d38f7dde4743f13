import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../../src/model/report.ts';
import type { Socket } from '../../../src/model/socket.ts';
import { istioSidecar, POD, PROXY, row } from '../../links/rows.ts';
import { admin } from '../asked-evidence.ts';
import { codes, lastReport, ONE_LOOK, type Step } from '../judging.ts';
import { LEARNER, LOOKING } from '../zookeeper-rows.ts';

const once = (rows: readonly Socket[], step: Partial<Step> = {}): Report =>
  lastReport([{ rows, ...step }], ONE_LOOK);

const LOOPED = [...istioSidecar(), ...LOOKING];

test('a peer port that falls to a STRICT catch-all is in no Service, unless a Sidecar has an ingress', () => {
  const asked = admin({ kind: 'catch-all' });
  const finding = once(LOOPED, { asked }).findings.find(
    ({ code }) => code === 'port-in-no-service',
  );
  assert.equal(finding?.certainty, 'suspected');
  assert.match(finding.summary, /peer ports 2888 and 3888/);
  assert.match(finding.remedy, /headless Service/);
  const sidecar = { namespace: 'lab', name: 'zk' };
  for (const [rows, other] of [
    [LOOPED, admin({ kind: 'catch-all' }, [], { sidecar })],
    [LOOPED, admin({ kind: 'original-destination', source: '127.0.0.6' })],
    [[...istioSidecar(), ...LEARNER], asked],
  ] as const) {
    assert.ok(!codes(once(rows, { asked: other })).includes('port-in-no-service'));
  }
});

test('a port that peers are linked on is known to them, whatever the catch-all takes', () => {
  const asked = admin({ kind: 'catch-all' });
  const rows = [
    ...LOOPED,
    row(`${POD}:3888`, '127.0.0.6:40000'),
    row('127.0.0.6:40000', `${POD}:3888`, PROXY),
  ];
  const finding = once(rows, { asked }).findings.find(({ code }) => code === 'port-in-no-service');
  assert.match(finding?.summary ?? '', /peer port 2888:/);
});
