import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EnvoyPort } from '../../../src/model/evidence.ts';
import type { Report } from '../../../src/model/report.ts';
import type { Socket } from '../../../src/model/socket.ts';
import { istioSidecar, listens, POD, row } from '../../links/rows.ts';
import { admin, adminOf } from '../asked-evidence.ts';
import { lastReport, ONE_LOOK, type Step } from '../judging.ts';
import { counters } from '../observation.ts';
import { LOOKING, PEER } from '../zookeeper-rows.ts';

const once = (rows: readonly Socket[], step: Partial<Step> = {}): Report =>
  lastReport([{ rows, ...step }], ONE_LOOK);

const LOOPED = [...istioSidecar(), ...LOOKING];
const FAILING = { attemptFails: 9, outRsts: 12 };
const toLoopback = { kind: 'loopback', address: '127.0.0.1', port: 3888 } as const;

function looped(step: Partial<Step> = {}): Report {
  return once(LOOPED, { counters: counters(FAILING), ...step });
}

test('the Sidecar to change is named where the admin names it', () => {
  const sidecar = { namespace: 'lab', name: 'zk' };
  const asked = admin(toLoopback, ['sidecar-default-endpoint'], { sidecar });
  const finding = loopbackFinding(looped({ asked }));
  assert.match(finding?.cause ?? '', /ingress of Sidecar zk in namespace lab/);
  assert.match(finding?.remedy ?? '', /defaultEndpoint from Sidecar lab\/zk/);
});

test('an admin that does not name the annotations confirms it only beside the counters', () => {
  const asked = admin(toLoopback, [], { redirection: 'not-told' });
  assert.equal(loopbackFinding(looped({ asked }))?.certainty, 'confirmed');
  assert.equal(loopbackFinding(once(LOOPED, { asked }))?.certainty, 'suspected');
});

test("a connection from a peer's own address makes what the admin says a suspicion", () => {
  const asked = admin(toLoopback);
  const rows = [...LOOPED, row(`${POD}:3888`, `${PEER}:41000`)];
  const finding = loopbackFinding(once(rows, { asked, counters: counters(FAILING) }));
  assert.equal(finding?.certainty, 'suspected');
  assert.ok(finding.evidence.some((text) => text.includes(`${PEER}:41000`)));
});

test('ports that the redirection leaves out are never said to be delivered to loopback', () => {
  const said: EnvoyPort = { delivery: toLoopback, mtls: 'strict', causes: [], sidecar: null };
  const past: EnvoyPort = { ...said, delivery: { kind: 'not-captured' }, mtls: 'not-captured' };
  for (const ports of [
    new Map([[3888, past]]),
    new Map([
      [2181, said],
      [2888, past],
      [3888, past],
    ]),
  ]) {
    const asked = adminOf(ports);
    for (const report of [looped({ asked }), once(LOOPED, { asked })]) {
      assert.equal(loopbackFinding(report), undefined);
    }
  }
});

test('a delivery to loopback that finds a listener there is none that fails', () => {
  const asked = admin({ kind: 'loopback', address: '127.0.0.1', port: 13_888 });
  const rows = [...LOOPED, listens('127.0.0.1:13888')];
  assert.equal(loopbackFinding(once(rows, { asked })), undefined);
  assert.equal(loopbackFinding(once(LOOPED, { asked }))?.certainty, 'confirmed');
});

function loopbackFinding(report: Report) {
  return report.findings.find(({ code }) => code === 'mesh-loopback-delivery');
}
