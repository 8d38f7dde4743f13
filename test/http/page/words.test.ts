import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitted } from '../../../src/http/page/names.ts';
import {
  clockTime,
  duration,
  headline,
  shortName,
  size,
  why,
} from '../../../src/http/page/words.ts';
import { pageState, STATES } from './states.ts';

test('durations have at most two units', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_999, '59 s'],
    [61_000, '1 min 1 s'],
    [3_599_000, '59 min'],
    [7_260_000, '2 h 1 min'],
    [200_000_000, '2 days'],
  ];
  for (const [ms, words] of cases) assert.equal(duration(ms), words);
});

test('sizes are binary', () => {
  assert.deepEqual(
    [size(0), size(1023), size(1536), size(2_097_152)],
    ['0 B', '1023 B', '1.5 KiB', '2.0 MiB'],
  );
});

test('a name loses its domain and an address keeps all its parts', () => {
  assert.equal(shortName('zk-0.zk-headless.prod.svc.cluster.local'), 'zk-0');
  assert.equal(shortName('10.96.8.10'), '10.96.8.10');
  assert.equal(shortName('fd00::1'), 'fd00::1');
});

test('a long name keeps its two ends', () => {
  assert.equal(fitted('abcdefghij', 10), 'abcdefghij');
  assert.equal(fitted('abcdefghijk', 5), 'ab…jk');
  assert.equal(Array.from(fitted('😀'.repeat(30), 7)).length, 7);
});

test('a time that is none is shown as it is', () => {
  assert.equal(clockTime('2026-03-01T03:14:15.926Z'), '03:14:15 UTC');
  assert.equal(clockTime('later'), 'later');
});

test('every state has a headline and a reason of its own', () => {
  const words = Object.entries(STATES).map(([name, { report, profile }]) => [
    name,
    headline(report),
    why(report, profile, Date.parse(report.at)),
  ]);
  assert.deepEqual(words, [
    ['leader', 'Leading the quorum', '3 of 3 voters linked; it survives 1 failure.'],
    ['learner', 'Following in the quorum', 'The link with the leader zk-2 on 2888 is up.'],
    [
      'looking',
      'Not in the quorum: looking for a leader',
      'zk-0 finds no leader: neither 10.96.8.11 nor 10.96.8.12 answers on 3888.',
    ],
    [
      'stalled',
      'Leading the quorum',
      'The quorum link with zk-1 (10.96.8.11) has not answered for 12 s.',
    ],
    ['mesh', 'Leading the quorum', '3 of 3 voters linked; it survives 1 failure.'],
    [
      'broken',
      'Not in the quorum: looking for a leader',
      'The istio-sidecar hands peer connections to 127.0.0.1, but ZooKeeper listens on 10.96.8.10:3888 only.',
    ],
    [
      'hung',
      'Leading the quorum',
      'ZooKeeper accepts nothing: 51 connections wait on *:2181 since 34 s.',
    ],
    [
      'unknown',
      'Unknown: the probe cannot see the sockets',
      '/proc/net/tcp: permission denied; mount /proc readable for the probe’s user.',
    ],
    ['asked', 'Following in the quorum', 'The link with the leader zk-2 on 2888 is up.'],
    ['settling', 'Following in the quorum', 'Settling, ready in 3 s.'],
  ]);
});

test('a member that is healthy and not yet ready is settling', () => {
  const { report, profile } = pageState({ ready: false });
  assert.match(why(report, profile, Date.parse(report.at)), /^Settling, ready in 3 s/);
});

test('a finding for information is no reason', () => {
  const { report, profile } = pageState({ findings: STATES.looking.report.findings.slice(1) });
  assert.match(why(report, profile, Date.parse(report.at)), /3 of 3 voters/);
});
