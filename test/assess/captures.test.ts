import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lookAt, settingsFor } from './look.ts';

const FIXTURES = new URL('../fixtures/zookeeper/', import.meta.url);
const MEMBERS = ['10.96.8.10', '10.96.6.11', '10.96.7.10'];

const expectations = readFileSync(new URL('expect.tsv', FIXTURES), 'utf8').trim().split('\n');

for (const line of expectations) {
  const [scenario = '', moment = '', pod = '', , role = '', ready = '', finding = ''] =
    line.split('\t');
  test(`${scenario} ${moment} pod ${pod}: ${role}, ready ${ready}, ${finding}`, async () => {
    const root = new URL(`${scenario}/${moment}/${pod}`, FIXTURES).pathname;
    const report = await lookAt(root, MEMBERS[Number(pod)] ?? '', settingsFor(MEMBERS));
    if (role !== '*') assert.equal(report.role, role);
    if (ready !== '*') assert.equal(String(report.ready), ready);
    const codes = report.findings.map(({ code }) => code);
    if (finding !== '-')
      assert.ok(
        finding.split('|').some((code) => codes.includes(code)),
        `${codes}`,
      );
    if (scenario !== 'loopback-podip') assert.ok(!codes.includes('mesh-loopback-delivery'));
    if (moment === 'healthy' || moment === 'links-cut') {
      const loud = report.findings.filter(({ severity }) => severity !== 'info');
      assert.deepEqual(loud, []);
      assert.equal(report.verdict, 'healthy');
    }
  });
}
