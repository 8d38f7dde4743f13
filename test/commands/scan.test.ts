import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Report } from '../../src/model/report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { run } from '../../src/run.ts';
import { member, POD, row } from '../links/rows.ts';
import { fileText } from '../proc/kernel-text.ts';
import { ADDRESSES, CAPTURES, captureArguments, ROWS } from './captures.ts';

const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-scan-'));

after(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function scan(
  argv: readonly string[],
  colour = false,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let out = '';
  let error = '';
  const code = await run(['scan', ...argv], environment, {
    hostname: 'zk-0',
    hostsFile: () => null,
    readText: () => Promise.reject(new Error('no file')),
    stopSignal: () => new Promise(() => {}),
    out: (text) => {
      out += text;
    },
    error: (text) => {
      error += text;
    },
    colour,
  });
  return { code, out, error };
}

function reportIn(text: string): Report {
  return reportSchema.parse(JSON.parse(text));
}

test('every capture is read by its command line, with exit code 0 exactly when ready', async () => {
  for (const expected of ROWS) {
    const [, , , , role = '', ready = '', finding = ''] = expected;
    const { code, out, error } = await scan(captureArguments(expected));
    const report = reportIn(out);
    const which = expected.join(' ');
    assert.equal(error, '', which);
    if (role !== '*') assert.equal(report.role, role, which);
    if (ready !== '*') assert.equal(String(report.ready), ready, which);
    assert.equal(code === 0, report.ready, which);
    const codes: string[] = report.findings.map((one) => one.code);
    if (finding !== '-')
      assert.ok(
        finding.split('|').some((one) => codes.includes(one)),
        which,
      );
    // Nothing of this host in what a capture says.
    assert.deepEqual(report.interfaces, [], which);
  }
});

test('a capture reads the same without --pod-ip', async () => {
  for (const expected of ROWS.filter(([, moment]) => moment === 'healthy' || moment === '6s')) {
    const argv = captureArguments(expected);
    const guessed = argv.filter((_, at) => at !== 5 && at !== 6);
    const [told, untold] = [await scan(argv), await scan(guessed)];
    assert.equal(untold.code, told.code);
    assert.equal(reportIn(untold.out).role, reportIn(told.out).role);
  }
});

/** A capture of these rows. */
function capture(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name, 'net'), { recursive: true });
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(folder, name, 'net', file), text);
  return join(folder, name);
}

test('what cannot be told is exit code 2 with a report', async () => {
  const leader = capture('leader', { tcp: fileText(member(POD, 'leader')) });
  const unset = await scan(['--json', '--proc', leader]);
  assert.equal(unset.code, 2);
  assert.equal(reportIn(unset.out).role, 'leader');
  const garbage = capture('garbage', { tcp: 'what\nis\nthis\n' });
  const unread = await scan(['--json', '--proc', garbage]);
  assert.equal(unread.code, 2);
  assert.equal(reportIn(unread.out).verdict, 'unknown');
});

test('tcp alone is enough, and a table without a row tells of nothing', async () => {
  const learner = capture('learner', {
    tcp: fileText([...member(POD, 'other'), row(`${POD}:4`, '10.96.6.11:2888')]),
  });
  assert.equal((await scan(['--proc', learner])).code, 0);
  for (const tcp of ['', fileText([])]) {
    const empty = await scan(['--json', '--proc', capture('empty', { tcp, tcp6: tcp })]);
    assert.deepEqual([empty.code, reportIn(empty.out).verdict], [2, 'unknown']);
  }
});

const HEALTHY = ['--members', ADDRESSES.slice(0, 3).join(), '--pod-ip', POD];

test('people get a table: the verdict first, ports, links and checks in columns', async () => {
  const { out } = await scan([...HEALTHY, '--proc', join(CAPTURES, 'none-basic/healthy/0')]);
  const lines = out.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^READY {2}captured 10\.96\.8\.10: /);
  const heads = lines.filter((line) => /^(PORT|LINK|CHECK) /.test(line));
  assert.equal(heads.length, 3);
  const start = lines.findIndex((line) => line.startsWith('PORT'));
  const column = lines[start]?.indexOf('ROLE') ?? -1;
  for (const line of lines.slice(start + 1, start + 5)) assert.match(line.slice(column), /^[a-z]/);
  assert.ok(!out.includes('\u001b'));
  assert.ok(lines.every((line) => line === line.trimEnd()));
});

test('a finding tells people its cause, what to do and the rows', async () => {
  const { out, code } = await scan([...HEALTHY, '--proc', join(CAPTURES, 'loopback-podip/16s/0')]);
  assert.equal(code, 1);
  assert.match(out, /^NOT READY {2}/);
  assert.match(out, /^mesh-loopback-delivery \(critical, suspected\)$/m);
  assert.match(out, /^ {2}cause {3}Istiod is older than 1\.10/m);
  assert.match(out, /^ {2}do {6}Upgrade Istiod to Istio/m);
  assert.match(out, /^ {2}\| LISTEN 10\.96\.8\.10:3888 /m);
});

test('colour is used where it is allowed, and changes no other byte', async () => {
  const argv = [...HEALTHY, '--proc', join(CAPTURES, 'loopback-podip/16s/0')];
  const [plain, coloured] = [await scan(argv), await scan(argv, true)];
  assert.ok(coloured.out.includes('\u001b[1;31m'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one.
  assert.equal(coloured.out.replaceAll(/\u001b\[[\d;]*m/g, ''), plain.out);
});

test('--color outranks what the terminal would have', async () => {
  const argv = [`--proc=${CAPTURES}/loopback-podip/16s/0`];
  const [always, never] = [
    await scan([...argv, '--color=always']),
    await scan([...argv, '--color=never'], true),
  ];
  assert.ok(always.out.includes('\u001b[1;31m'));
  assert.ok(!never.out.includes('\u001b'));
});

test('every line of the table fits a terminal of 50 columns and more, but for words that are longer', async () => {
  for (const [capture] of [['loopback-podip/16s/0'], ['none-basic/healthy/0']]) {
    for (const width of [50, 64, 80, 100]) {
      const { out } = await scan([`--proc=${CAPTURES}/${capture}`], false, {
        COLUMNS: String(width),
      });
      const long = out.split('\n').filter((line) => line.length > width);
      for (const line of long) assert.doesNotMatch(line.trim(), /\S .* \S/, `${width}: ${line}`);
    }
  }
});

test('a narrow and a wide table hold the same words', async () => {
  const argv = [`--proc=${CAPTURES}/loopback-podip/16s/0`];
  const [narrow, wide] = [
    await scan(argv, false, { COLUMNS: '50' }),
    await scan(argv, false, { COLUMNS: '100' }),
  ];
  const summary = /port 2888 is closed; only the leader listens/;
  for (const { out } of [narrow, wide]) assert.match(out.replaceAll(/\s+/g, ' '), summary);
  assert.match(narrow.out, /^3888 election\n {2}LISTEN 10\.96\.8\.10, WAITING 0/m);
});

test('-o short prints a line for each problem, and nothing where there is none', async () => {
  const broken = await scan([`--proc=${CAPTURES}/loopback-podip/16s/0`, '-o', 'short']);
  assert.equal(broken.code, 1);
  const lines = broken.out.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^captured: critical: mesh-loopback-delivery: The mesh proxy /);
  for (const line of lines) assert.match(line, /^captured: (critical|warning): [a-z-]+: \S/);

  const members = `--members=${ADDRESSES.join(',')}`;
  const pod = `--pod-ip=${ADDRESSES[1]}`;
  const healthy = await scan([`--proc=${CAPTURES}/none-basic/healthy/1`, members, pod, '-oshort']);
  assert.equal(healthy.code, 0, healthy.out);
  assert.equal(healthy.out, '');
});

test('what cannot be judged has a line in -o short for each check that is unknown', async () => {
  const { code, out } = await scan([`--proc=${CAPTURES}/none-basic/healthy/2`, '-o', 'short']);
  assert.equal(code, 2);
  assert.match(out, /^captured: unknown: quorum-link: 2 voters linked, ensemble size unknown$/m);
  assert.match(out, /^captured: unknown: majority: /m);
});

test('-o and --json exclude each other, and a flag replaces what the environment chose', async () => {
  const proc = `--proc=${CAPTURES}/none-basic/healthy/1`;
  const both = await scan([proc, '--json', '--output=short']);
  assert.equal(both.code, 2);
  assert.match(both.error, /--output and --json exclude each other/);
  const replaced = await scan([proc, '-o', 'json'], false, { QUORUM_PROBE_OUTPUT: 'short' });
  assert.equal(reportIn(replaced.out).role, 'learner');
});
