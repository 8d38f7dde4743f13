import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assess } from '../../src/assess/assess.ts';
import { matteringRows } from '../../src/assess/mattering.ts';
import { EMPTY_MEMORY, type Memory } from '../../src/assess/scene/observation.ts';
import { CAPTURE_PORTS, MARKER_PORTS } from '../../src/links/mesh.ts';
import type { Report } from '../../src/model/report.ts';
import type { Ensemble } from '../../src/model/settings.ts';
import type { Socket, SocketTable } from '../../src/model/socket.ts';
import { createTableScanner } from '../../src/proc/tcp-table.ts';
import { watchedPorts } from '../../src/proc/watched.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { AGENT, at, ofSize } from '../assess/judging.ts';
import { observe } from '../assess/observation.ts';
import { LEADER, LEARNER } from '../assess/zookeeper-rows.ts';
import { listens, PEERS, POD, row } from '../links/rows.ts';
import { familyOf, fileText } from '../proc/kernel-text.ts';

const MATE = 2000;
const CROWD = 4_500;

/** The agent's scans of the same rows, a second apart; each begins with what the one before has learned. */
function watch(rows: readonly Socket[], before: readonly Socket[], ensemble: Ensemble): Report {
  let memory: Memory = EMPTY_MEMORY;
  const settings = { ...AGENT, ensemble };
  let report: Report | null = null;
  for (let nowMs = 0; nowMs < 11_000; nowMs += 1_000) {
    const present = nowMs < 8_000 ? before : rows;
    const table = scanned(present, matteringRows(settings, new Map(), memory));
    const assessment = assess({ ...observe(table), nowMs }, memory, settings);
    ({ memory, report } = assessment);
  }
  assert.ok(report);
  return report;
}

function scanned(rows: readonly Socket[], matters: ReturnType<typeof matteringRows>): SocketTable {
  const watched = watchedPorts(zookeeper, CAPTURE_PORTS, MARKER_PORTS);
  const scanner = createTableScanner({ watched, rowCap: 4_096, littleEndian: true, matters });
  for (const family of ['tcp', 'tcp6'] as const) {
    scanner.push(Buffer.from(fileText(rows.filter((one) => familyOf(one) === family))));
    scanner.end();
  }
  return scanner.table();
}

const port = (at: number): number => 1_024 + at;

/** What a neighbour container, or a host of its friends, can put into the table. */
const FLOODS: Readonly<Record<string, readonly Socket[]>> = {
  'connections within the pod over loopback': Array.from({ length: CROWD }, (_, index) => [
    row(`127.0.0.1:${port(index)}`, '127.0.0.1:3888', MATE),
    row('127.0.0.1:3888', `127.0.0.1:${port(index)}`, MATE),
  ]).flat(),
  'connections within the pod to the server': Array.from({ length: CROWD }, (_, index) => [
    row(`${POD}:${port(index)}`, `${POD}:3888`, MATE),
    row(`${POD}:3888`, `${POD}:${port(index)}`),
  ]).flat(),
  'connections from as many loopback addresses': Array.from({ length: CROWD }, (_, index) => [
    row(`127.1.${index >> 8}.${index & 255}:5`, '127.0.0.1:3888', MATE),
    row('127.0.0.1:3888', `127.1.${index >> 8}.${index & 255}:5`),
  ]).flat(),
  'connections from one foreign host to the server': Array.from({ length: CROWD }, (_, index) =>
    row(`${POD}:2888`, `192.0.2.1:${port(index)}`),
  ),
  'connections from as many foreign hosts to the server': Array.from(
    { length: CROWD },
    (_, index) => row(`${POD}:3888`, `198.18.${index >> 8}.${index & 255}:5`),
  ),
  'listeners on watched ports': Array.from({ length: CROWD }, (_, index) =>
    listens(`127.2.${index >> 8}.${index & 255}:3888`, MATE),
  ),
  'listeners elsewhere': Array.from({ length: CROWD }, (_, index) =>
    listens(`127.0.0.1:${10_000 + index}`, MATE),
  ),
};

for (const [what, flood] of Object.entries(FLOODS)) {
  test(`${what}, ahead of the rows that matter, take no healthy member out`, () => {
    const leader = watch([...flood, ...LEADER], LEADER, at(POD, ...PEERS));
    assert.deepEqual([leader.role, leader.ready, leader.quorum.votes], ['leader', true, 3]);
    const learner = watch([...flood, ...LEARNER], LEARNER, at(POD, ...PEERS));
    assert.deepEqual([learner.role, learner.ready], ['learner', true]);
  });

  test(`${what} make no member without a quorum ready`, () => {
    const alone = LEADER.filter(({ state }) => state === 'listen');
    const report = watch([...flood, ...alone], alone, at(POD, ...PEERS));
    assert.equal(report.ready, false);
    assert.notEqual(report.verdict, 'healthy');
  });
}

test('where the members are a number alone, one crowded address leaves room for the others', () => {
  const flood = FLOODS['connections from one foreign host to the server'] ?? [];
  const report = watch([...flood, ...LEADER], LEADER, ofSize(3));
  assert.deepEqual([report.role, report.ready], ['leader', true]);
});
