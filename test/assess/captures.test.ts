import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { lookAt } from './judging.ts';

const FIXTURES = new URL('../fixtures/zookeeper/', import.meta.url);
const MEMBERS = ['10.96.8.10', '10.96.6.11', '10.96.7.10'];

const expectations = readFileSync(new URL('expect.tsv', FIXTURES), 'utf8').trim().split('\n');

for (const line of expectations) {
  const [scenario = '', moment = '', pod = '', , role = '', ready = '', finding = ''] =
    line.split('\t');
  test(titleOf(scenario, moment, pod, { role, ready, finding }), async () => {
    const root = new URL(`${scenario}/${moment}/${pod}`, FIXTURES).pathname;
    const report = await lookAt(root, MEMBERS[Number(pod)] ?? '');
    if (role !== '*') assert.equal(report.role, role);
    if (ready !== '*') assert.equal(String(report.ready), ready);
    const codes: string[] = report.findings.map(({ code }) => code);
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

/** What the capture's row asks for, as a sentence; `*` asks for nothing. */
function titleOf(
  scenario: string,
  moment: string,
  pod: string,
  { role, ready, finding }: Record<'role' | 'ready' | 'finding', string>,
): string {
  const gates: Record<string, string> = { true: 'is ready', false: 'is not ready' };
  const who = role === '*' ? 'pod' : `${role}, pod`;
  const says = finding === '-' ? '' : `, with ${finding.replaceAll('|', ' or ')}`;
  return `in ${scenario} at ${moment}, the ${who} ${pod}, ${gates[ready] ?? 'is read'}${says}`;
}
