import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { healthText } from '../../src/http/health-answer.ts';
import { leadingFinding } from '../../src/model/findings.ts';
import { CHECK_STATUSES } from '../../src/model/report.ts';
import { check, finding } from './sample-report.ts';

const MARKS = { pass: '+', warn: '+', fail: '-', unknown: '?' } as const;

test('whatever a reason, a finding or a client says, each keeps to its one line', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      fc.constantFrom(...CHECK_STATUSES),
      fc.boolean(),
      text,
      text,
      fc.array(text, { minLength: 1, maxLength: 3 }),
      (status, passed, reason, summary, unknown) => {
        const body = healthText(
          {
            endpoint: 'readyz',
            passed,
            checks: [check('client-port', status, reason), check('scan')],
            reason: leadingFinding([{ ...finding('no-quorum', 'critical'), summary }]),
          },
          { known: new Set(['scan']), unknown },
          true,
        );
        const lines = body.split(/[\n\r\v\f\u0085\u2028\u2029]/u);
        const starts = [
          'no-quorum: ',
          `[${MARKS[status]}]client-port `,
          '[+]scan excluded: ok',
          'warn: some health checks cannot be excluded: no matches for "',
          ...(passed ? [] : ['warn: excluding a check hides its line']),
          `readyz check ${passed ? 'passed' : 'failed'}`,
          '',
        ];
        assert.equal(lines.length, starts.length);
        for (const [index, start] of starts.entries()) {
          assert.ok(lines[index]?.startsWith(start), start);
        }
      },
    ),
  );
});

test('the leading finding is the first critical one, else the first warning, never information', () => {
  const [info, warning, critical] = [
    finding('keepalive-off', 'info'),
    finding('stalled-link', 'warning'),
    finding('no-quorum', 'critical'),
  ];
  assert.match(leadingFinding([info, warning, critical]) ?? '', /^no-quorum: /);
  assert.match(leadingFinding([info, warning]) ?? '', /^stalled-link: /);
  assert.equal(leadingFinding([info]), null);
});
