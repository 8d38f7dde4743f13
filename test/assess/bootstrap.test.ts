import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NameAnswer, PodIdentity } from '../../src/model/names.ts';
import type { JudgeSettings } from '../../src/model/settings.ts';
import type { Socket } from '../../src/model/socket.ts';
import { member, row } from '../links/rows.ts';
import { codes, finding, named, type Run, run } from './judging.ts';
import { published, unpublished } from './observation.ts';

const [A, B, C] = ['10.1.0.1', '10.1.0.2', '10.1.0.3'] as const;
const ADDRESSES: readonly string[] = [A, B, C];
const ALONE = member(A, 'other');
const LEARNER = [...ALONE, row(`${A}:40000`, `${C}:2888`)];
const MINUTE = 60_000;

const IDENTITY: PodIdentity = {
  kind: 'known',
  pod: 'zk-0',
  service: 'zk',
  namespace: 'data',
  domain: 'cluster.local',
};

function probe(changes: Partial<JudgeSettings> = {}): Run {
  const ensemble = named('zk-0.zk', 'zk-1.zk', 'zk-2.zk');
  return run({ ensemble, podName: 'zk-0', identity: IDENTITY, bootstrap: true, ...changes });
}

function own(answer: NameAnswer): {
  names: ReadonlyMap<string, NameAnswer>;
  podAddresses: string[];
} {
  return { names: new Map([['zk-0.zk', answer]]), podAddresses: [A] };
}

test('what the kubelet calls this pod is what the rule rests on: another service opens nothing', () => {
  const ensemble = named('zk-0.zok', 'zk-1.zok', 'zk-2.zok');
  const zk = probe({ ensemble, service: { from: 'option', name: 'zok' } });
  for (let nowMs = 0; nowMs <= 20 * MINUTE; nowMs += 5_000) {
    const names = new Map([['zk-0.zok', unpublished(nowMs, 0)]]);
    const report = zk.look(nowMs, ALONE, { names, podAddresses: [A] });
    assert.deepEqual([report.ready, report.bootstrap], [false, false]);
    assert.ok(!codes(report).includes('bootstrap-unpublished'));
  }
});

test('where the pod cannot know its own name, as on the host network, the configured one is all there is', () => {
  const zk = probe({ identity: { kind: 'unknown' } });
  assert.equal(zk.look(31_000, ALONE, own(unpublished(31_000, 0))).bootstrap, true);
});

test('the name that readiness publishes ends nothing', () => {
  const zk = probe();
  assert.equal(zk.look(30_000, ALONE, own(unpublished(30_000, 0))).ready, true);
  for (let nowMs = 31_000; nowMs < 10 * MINUTE; nowMs += 1_000) {
    const report = zk.look(nowMs, ALONE, own(published(nowMs, A)));
    assert.deepEqual([report.ready, report.bootstrap, report.verdict], [true, true, 'degraded']);
    assert.equal(finding(report, 'bootstrap-unpublished').certainty, 'confirmed');
  }
});

test('readiness that the rule gave ends after ten minutes, for good', () => {
  const zk = probe();
  assert.equal(zk.look(30_000, ALONE, own(unpublished(30_000, 0))).ready, true);
  assert.equal(zk.look(30_000 + 10 * MINUTE - 1, ALONE, own(published(30_000, A))).ready, true);
  for (let nowMs = 30_000 + 10 * MINUTE; nowMs < 60 * MINUTE; nowMs += 10_000) {
    assert.equal(zk.look(nowMs, ALONE, own(unpublished(nowMs, 30_000))).ready, false);
  }
});

test('a server that restarts meanwhile is not ready while its ports are closed', () => {
  const zk = probe();
  assert.equal(zk.look(30_000, ALONE, own(unpublished(30_000, 0))).ready, true);
  assert.equal(zk.look(31_000, [], own(published(31_000, A))).ready, false);
  assert.equal(zk.look(32_000, ALONE, own(published(31_000, A))).ready, true);
});

test('a server that says it does not serve yet keeps the readiness that its peers need to find it', () => {
  const zk = probe();
  zk.look(30_000, ALONE, own(unpublished(30_000, 0)));
  for (let nowMs = 31_000; nowMs < 45_000; nowMs += 1_000) {
    const asked = {
      srvr: { answer: { kind: 'not-serving' }, atMs: nowMs },
      envoy: null,
      peers: null,
    } as const;
    assert.equal(zk.look(nowMs, LEARNER, { ...own(published(31_000, A)), asked }).ready, true);
  }
});

for (const isOn of [false, true]) {
  test(`a probe killed while its member is cut off ${isOn ? 'calls it ready for ten minutes at most' : 'never calls it ready under the shipped gate'}`, () => {
    const before = probe({ bootstrap: isOn });
    for (let nowMs = 0; nowMs <= 20_000; nowMs += 1_000) {
      before.look(nowMs, LEARNER, own(published(nowMs, A)));
    }
    assert.equal(before.last().report.ready, true);
    // The cut: links die, the member is unready, its service takes its name away; then the probe dies too.
    const after = probe({ bootstrap: isOn });
    let readyMs = 0;
    for (let nowMs = 21_000; nowMs < 40 * MINUTE; nowMs += 1_000) {
      const { ready, verdict } = after.look(nowMs, ALONE, own(unpublished(nowMs, 21_000)));
      assert.notEqual(verdict, 'healthy');
      if (ready) readyMs += 1_000;
    }
    assert.ok(readyMs <= (isOn ? 10 * MINUTE : 0), `${readyMs} ms`);
    assert.equal(readyMs > 0, isOn);
  });
}

test("short names in the server's own configuration: the rule does not apply, and the finding says why", () => {
  const clientOnly = ALONE.slice(0, 1);
  const zk = probe();
  const report = zk.look(60_000, clientOnly, own(unpublished(60_000, 0)));
  assert.equal(report.ready, false);
  const { certainty, remedy } = finding(report, 'bootstrap-unpublished');
  assert.equal(certainty, 'suspected');
  assert.match(remedy, /Nothing listens on port 3888/);
  assert.match(remedy, /zk-0\.zk\.data\.svc\.cluster\.local/);
  assert.match(remedy, /quorumListenOnAllIPs=true/);
});

test('a StatefulSet whose serviceName names no Service: degraded, and the finding names the service', () => {
  const zk = probe();
  const report = zk.look(30_000, ALONE, own(unpublished(30_000, 0)));
  assert.equal(report.verdict, 'degraded');
  const { cause, remedy } = finding(report, 'bootstrap-unpublished');
  assert.match(cause, /serviceName is zk\b/);
  assert.match(remedy, /kubectl get service/);
});

/** One pod of an OrderedReady StatefulSet under the gate. */
interface Pod {
  readonly zk: Run;
  readonly ordinal: number;
  /** As the kubelet last knew it. */
  ready: boolean;
  readySinceMs: number;
  reports: boolean[];
}

const KUBELET_MS = 3_000;

/** The pods one after the other, their names published while they are ready. */
function orderedReady(minReadyMs: number, untilMs: number): readonly Pod[] {
  const pods: Pod[] = [];
  const answers = new Map<string, NameAnswer>();
  let leader: number | null = null;
  for (let nowMs = 0; nowMs <= untilMs; nowMs += 1_000) {
    const last = pods.at(-1);
    const isAvailable = last?.ready === true && nowMs - last.readySinceMs >= minReadyMs;
    if (pods.length < 3 && (last === undefined || isAvailable)) {
      const ordinal = pods.length;
      const identity = { ...IDENTITY, pod: `zk-${ordinal}` };
      const zk = probe({ podName: `zk-${ordinal}`, identity });
      pods.push({ zk, ordinal, ready: false, readySinceMs: 0, reports: [] });
    }
    // Two that can find each other elect the newer one; whoever comes later finds it and follows.
    const findable = pods.filter(({ ready }) => ready);
    if (findable.length >= 2) leader ??= findable.at(-1)?.ordinal ?? null;
    for (const pod of pods) {
      for (const { ordinal, ready } of pods) {
        const name = `zk-${ordinal}.zk`;
        const before = answers.get(name);
        if (nowMs % 3_000 !== 0 && before !== undefined) continue;
        const sinceMs = before?.kind === 'unpublished' ? before.sinceMs : nowMs;
        const address = ADDRESSES[ordinal] ?? '';
        answers.set(name, ready ? published(nowMs, address) : unpublished(nowMs, sinceMs));
      }
      const podAddresses = [ADDRESSES[pod.ordinal] ?? ''];
      const seen = { names: new Map(answers), podAddresses };
      const report = pod.zk.look(nowMs, rowsOf(pod.ordinal, leader, pods.length), seen);
      pod.reports.push(report.ready);
      if (nowMs % KUBELET_MS === 0 && pod.ready !== report.ready) {
        pod.ready = report.ready;
        pod.readySinceMs = nowMs;
      }
    }
  }
  return pods;
}

function rowsOf(ordinal: number, leader: number | null, count: number): readonly Socket[] {
  const address = ADDRESSES[ordinal] ?? '';
  if (leader === null) return member(address, 'other');
  if (ordinal !== leader) {
    return [...member(address, 'other'), row(`${address}:40000`, `${ADDRESSES[leader]}:2888`)];
  }
  const others = ADDRESSES.slice(0, count).filter((other) => other !== address);
  return [
    ...member(address, 'leader'),
    ...others.map((other) => row(`${address}:2888`, `${other}:40000`)),
  ];
}

for (const minReadySeconds of [0, 20, 60]) {
  test(`OrderedReady with unpublished names forms without a flap, minReadySeconds ${minReadySeconds}`, () => {
    const pods = orderedReady(minReadySeconds * 1_000, 10 * MINUTE);
    assert.equal(pods.length, 3);
    for (const { zk, reports, ordinal } of pods) {
      const flaps = reports.filter((ready, at) => !ready && reports[at - 1] === true).length;
      assert.equal(flaps, 0, `zk-${ordinal}`);
      const { report } = zk.last();
      assert.deepEqual([report.ready, report.bootstrap, report.inQuorum], [true, false, true]);
    }
  });
}
