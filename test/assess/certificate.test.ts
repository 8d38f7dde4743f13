import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codes, finding, reportOf } from './judging.ts';
import { LEARNER } from './zookeeper-rows.ts';

const DAY_MS = 86_400_000;
/** When these scans are made. */
const NOW_MS = Date.UTC(2026, 0, 1);

/** A certificate of so many days, of which some are left. */
function certificate(days: number, left: number) {
  return {
    subject: 'CN=zk-0',
    notBefore: new Date(NOW_MS - (days - left) * DAY_MS).toISOString(),
    notAfter: new Date(NOW_MS + left * DAY_MS).toISOString(),
  };
}

for (const [days, left, isFound] of [
  [90, 15, false],
  [90, 14, true],
  [365, 15, false],
  [365, 14, true],
  [1, 0.25, false],
  [1, 0.19, true],
  [90, -1, true],
] as const) {
  test(`a certificate of ${days} days of which ${left} are left is ${isFound ? 'reported' : 'good'}`, () => {
    const report = reportOf(LEARNER, {}, { certificate: certificate(days, left) });
    assert.equal(codes(report).includes('certificate-expiring'), isFound);
    assert.equal(report.certificate?.subject, 'CN=zk-0');
  });
}

test('the finding says how long is left, or how long it is over', () => {
  const summary = (days: number, left: number): string =>
    finding(reportOf(LEARNER, {}, { certificate: certificate(days, left) }), 'certificate-expiring')
      .summary;
  assert.equal(
    summary(90, 3),
    'The certificate of CN=zk-0 expires in 3 days, on 2026-01-04T00:00:00.000Z.',
  );
  assert.match(summary(1, 0.125), /expires in 3 hours,/);
  assert.match(summary(90, -2.5), /expired 2 days ago/);
});

test('without a file nothing is said of certificates', () => {
  const report = reportOf(LEARNER);
  assert.ok(!codes(report).includes('certificate-expiring'));
  assert.equal(report.certificate, null);
});
