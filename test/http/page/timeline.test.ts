import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { renderUpdate } from '../../../src/http/page/render.ts';
import {
  COLUMN_MS,
  NO_TIMELINE,
  rememberStandings,
  runsOf,
  STAGES,
  type Stage,
  standingsIn,
  TIMELINE_MS,
  type Timeline,
} from '../../../src/http/page/timeline.ts';
import type { TroubleReport } from '../../../src/model/ensemble-report.ts';
import type { PeerAnswer } from '../../../src/model/evidence.ts';
import { answered } from '../../assess/captured-ensemble.ts';
import { leaderReport, lookingReport } from '../sample-report.ts';
import { NOW_MS, pageState, peer, STATES, timelineOf } from './states.ts';

const BEGAN_MS = NOW_MS - (NOW_MS % COLUMN_MS);

/** A timeline of one member, from what it was at some seconds after the beginning. */
function of(...steps: readonly (readonly [number, Stage])[]): Timeline {
  return steps.reduce<Timeline>(
    (before, [seconds, stage]) =>
      rememberStandings(
        before,
        new Map([['zk-0', { stage, leads: false }]]),
        BEGAN_MS + seconds * 1_000,
      ),
    NO_TIMELINE,
  );
}

const stagesAt = (timeline: Timeline, seconds: number): readonly string[] =>
  runsOf(timeline, 'zk-0', BEGAN_MS + seconds * 1_000).map(
    ({ stage, columns }) => `${stage} ${columns}`,
  );

test('a short outage shows as its column’s worst, however the column ends', () => {
  const timeline = of(
    [0, 'ready'],
    [6, 'ready'],
    [8, 'out'],
    [9, 'settling'],
    [11, 'ready'],
    [12, 'ready'],
  );
  assert.deepEqual(stagesAt(timeline, 12), ['ready 1', 'out 1', 'ready 1']);
});

test('a member keeps its stage between reports for as long as a report may be believed, and no longer', () => {
  assert.deepEqual(stagesAt(of([0, 'ready'], [20, 'ready']), 20), ['ready 4']);
  const lost = of([0, 'ready'], [120, 'ready']);
  assert.deepEqual(stagesAt(lost, 120), ['ready 5', 'ready 1']);
});

test('what is older than half an hour goes', () => {
  const later = TIMELINE_MS / 1_000 + 60;
  const timeline = of([0, 'out'], [30, 'out'], [later, 'ready']);
  assert.deepEqual(stagesAt(timeline, later), ['ready 1']);
  assert.ok(timeline.columns.length <= TIMELINE_MS / COLUMN_MS);
});

test('members that come and go keep their own rows', () => {
  const cell = { stage: 'ready', leads: false } as const;
  const one = rememberStandings(NO_TIMELINE, new Map([['zk-1', cell]]), BEGAN_MS);
  const both = rememberStandings(
    one,
    new Map([
      ['zk-1', cell],
      ['zk-0', cell],
    ]),
    BEGAN_MS + COLUMN_MS,
  );
  assert.deepEqual(both.names, ['zk-0', 'zk-1']);
  assert.equal(runsOf(both, 'zk-1', BEGAN_MS + COLUMN_MS)[0]?.columns, 2);
  assert.equal(runsOf(both, 'zk-0', BEGAN_MS + COLUMN_MS)[0]?.from, TIMELINE_MS / COLUMN_MS - 1);
});

test('this member stands as it reports, and the others as their probes answer', () => {
  const own = leaderReport();
  const silent: PeerAnswer = { kind: 'timeout', reason: 'no answer' };
  const standings = standingsIn(
    { ...own, ensemble: { ...own.ensemble, troubles: [absent('zk-3.zk')] } },
    new Map([
      ['zk-0.zk', answered(lookingReport())],
      ['zk-1.zk', silent],
      ['zk-3.zk', silent],
    ]),
  );
  const stages = [...standings].map(([name, { stage, leads }]) => `${name} ${stage} ${leads}`);
  assert.deepEqual(stages, [
    'zk-2 ready true',
    'zk-0.zk out false',
    'zk-1.zk silent false',
    'zk-3.zk absent false',
    'zk-4.zk silent false',
  ]);
  assert.deepEqual([...standingsIn(own, null).keys()], ['zk-2']);
});

function absent(name: string): TroubleReport {
  return { kind: 'absent', members: [name], text: `${name} absent`, since: '' };
}

test('however wild the changes, the drawing is whole and bounded', () => {
  // From 57 changes in 15 minutes on, the line of the earlier chart was cut and ran back to the left.
  const changes = fc.array(
    fc.record({ afterMs: fc.nat({ max: 9_000 }), stage: fc.constantFrom(...STAGES) }),
    { minLength: 57, maxLength: 900 },
  );
  fc.assert(
    fc.property(changes, (steps) => {
      let atMs = NOW_MS - 25 * 60_000;
      let timeline = NO_TIMELINE;
      for (const { afterMs, stage } of steps) {
        atMs += afterMs;
        timeline = rememberStandings(timeline, new Map([['zk-0', { stage, leads: true }]]), atMs);
      }
      const { timeline: drawing = '' } = renderUpdate(
        pageState({}, { timeline, nowMs: atMs }),
      ).sections;
      const paths = [...drawing.matchAll(/ d="([^"]*)"/g)].map(([, path = '']) => path);
      assert.ok(paths.length >= 2);
      for (const path of paths) assert.match(path, /^(M\d+ \d+h\d+)+$/);
      const drawn = [...drawing.matchAll(/<svg viewBox="0 0 300.*?<\/svg>/gs)].join('');
      const columns = [...drawn.matchAll(/class="(?!leads)\w+" d="([^"]*)"/g)].flatMap(
        ([, path = '']) =>
          [...path.matchAll(/M(\d+) \d+h(\d+)/g)].map(
            ([, from, length]) => Number(from) + Number(length),
          ),
      );
      assert.ok(columns.every((end) => end <= 300));
      assert.equal(Math.max(...columns), 300, 'the last stretch ends now');
      assert.ok(drawing.length < 9_000);
    }),
    { numRuns: 30 },
  );
});

test('every member that was asked has a row, with words for those who do not see it', () => {
  const timeline = timelineOf({
    [peer(0).name]: [[20 * 60_000, 'ready', 'leads']],
    [peer(1).name]: [
      [20 * 60_000, 'ready'],
      [4 * 60_000, 'absent'],
    ],
  });
  const { timeline: text = '' } = renderUpdate(pageState({}, { timeline })).sections;
  assert.match(text, /zk-0<\/p>/);
  assert.match(text, /of the last 30 minutes: ready for 16 min, absent for 4 min/);
  assert.match(text, />leader<\/span>/);
  assert.equal(renderUpdate(pageState({}, { timeline: NO_TIMELINE })).sections['timeline'], '');
});

test('two states of one timeline differ only where the time goes on', () => {
  assert.deepEqual(
    renderUpdate(STATES.learner).sections['timeline'],
    renderUpdate({ ...STATES.learner, nowMs: NOW_MS + 100 }).sections['timeline'],
  );
});
