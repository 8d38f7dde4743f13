import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { ensembleTable } from '../../src/commands/ensemble-table.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import {
  capturedDocument,
  capturedReports,
  documentOf,
  evidenceOf,
} from '../assess/captured-ensemble.ts';
import { leaderReport } from '../http/sample-report.ts';

const PLAIN = { colour: false, width: 100, isStrict: true, nowMs: 0 };

test('a healthy ensemble is one picture', async () => {
  assert.equal(
    ensembleTable(await capturedDocument('none-basic/healthy'), PLAIN),
    `HEALTHY  3 of 3 voters in quorum; it survives one failure
10.96.7.10 leads; 3 of 3 members report

MEMBER      ROLE     QUORUM  READY  PROBE
10.96.6.11  learner  in      yes    1.5 ms
10.96.7.10  leader   in      yes    1.5 ms
pod *       learner  in      yes    this one

QUORUM      10.96.6.11  10.96.7.10  pod
10.96.6.11  .           up          -
10.96.7.10  up          .           up
pod         -           up          .

ELECTION    10.96.6.11  10.96.7.10  pod
10.96.6.11  .           up          up
10.96.7.10  up          .           up
pod         up          up          .

Row: observer. Column: observed. up: linked. missing: needed, but not there. troubled: stalled,
opening or closing. one-sided: only one end sees it. -: not needed. ?: unknown. *: this member.
`,
  );
});

test('a one-sided link is marked in both cells and told below', async () => {
  const [own, learner, leader] = await capturedReports('none-basic/healthy');
  assert.ok(own && learner && leader);
  const forgetful = { ...leader, links: leader.links.filter(({ peer }) => peer !== '10.96.6.11') };
  const text = ensembleTable(documentOf(evidenceOf([own, learner, forgetful])), PLAIN);
  assert.match(text, /^10\.96\.6\.11 +\. +one-sided +-$/m);
  assert.match(text, /^10\.96\.7\.10 +one-sided +\. +up$/m);
  assert.match(
    text,
    /^! quorum: 10\.96\.6\.11 sees a link with 10\.96\.7\.10 that 10\.96\.7\.10 does not see$/m,
  );
});

test('members that did not answer show how, and nothing else', async () => {
  const [own] = await capturedReports('none-basic/healthy');
  assert.ok(own);
  const view = documentOf({
    own,
    answers: new Map([['10.96.6.11', { kind: 'timeout', reason: 'no answer' }]]),
    profile: zookeeper,
    observers: new Set(),
  });
  const text = ensembleTable(view, PLAIN);
  assert.match(text, /^no leader seen; 1 of 3 members report$/m);
  assert.match(text, /^10\.96\.6\.11 +\? +\? +\? +timeout$/m);
  assert.match(text, /^10\.96\.7\.10 +\? +\? +\? +not-asked$/m);
});

test('colour comes on request alone, and takes nothing from the alignment', async () => {
  const view = await capturedDocument('passthrough-basic/healthy');
  const plain = ensembleTable(view, PLAIN);
  const coloured = ensembleTable(view, { ...PLAIN, colour: true });
  assert.ok(!plain.includes('\u001b'));
  assert.ok(coloured.includes('\u001b[32mup\u001b[0m'));
  assert.equal(stripVTControlCharacters(coloured), plain);
});

test('a name with control characters cannot steer the terminal', async () => {
  const own = leaderReport({
    peers: [
      {
        name: '\u001b[2J\u0007evil\n',
        addresses: [],
        status: 'linked',
        reach: 'unknown',
        vitals: null,
      },
    ],
  });
  const text = ensembleTable(
    documentOf({ own, answers: new Map(), profile: zookeeper, observers: new Set() }),
    PLAIN,
  );
  assert.ok([...text].every((character) => character === '\n' || character >= ' '));
  assert.match(text, /\?\[2J\?evil\?/);
});
