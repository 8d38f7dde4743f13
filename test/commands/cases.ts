import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { HostReport } from '../../src/model/hosts-report.ts';
import { hostsReportSchema } from '../../src/model/hosts-report.ts';
import { reportSchema } from '../../src/model/report-schema.ts';
import { run } from '../../src/run.ts';

/** What a good operator would say of a listing. */
export interface Expectation {
  readonly args: readonly string[];
  readonly why: string;
  /** 0 ready, 1 not ready, 2 cannot be told. */
  readonly exit: 0 | 1 | 2;
  /** What a refusal must name; where there is one there is no report. */
  readonly refused?: string;
  readonly hosts?: readonly HostExpectation[];
}

interface HostExpectation {
  readonly name?: string;
  /** Any of these. */
  readonly role: readonly string[];
  readonly rows: number;
  readonly unread?: number;
  readonly mesh?: string;
  readonly inQuorum?: boolean | null;
  readonly notVerdict?: string;
  readonly findings?: readonly string[];
  readonly mustNot?: readonly string[];
  /** Patterns that the notes on the listing must hold. */
  readonly notes?: readonly string[];
}

const CASES = fileURLToPath(new URL('../fixtures/cases/', import.meta.url));

export const caseNames = readdirSync(CASES).sort();

export function expectationOf(name: string): Expectation {
  return JSON.parse(readFileSync(`${CASES}${name}/expect.json`, 'utf8'));
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export function scanInput(path: string, ...argv: readonly string[]): Promise<Ended> {
  return scan('--input', path, ...argv);
}

/** Runs `scan` as the program does, on a host of another name. */
export async function scan(...argv: readonly string[]): Promise<Ended> {
  const out: string[] = [];
  const error: string[] = [];
  const code = await run(
    ['scan', ...argv],
    {},
    {
      hostname: 'elsewhere',
      hostsFile: () => null,
      readText: () => Promise.reject(new Error('no file is named')),
      stopSignal: () => new Promise(() => {}),
      out: (text) => out.push(text),
      error: (text) => error.push(text),
      colour: false,
    },
  );
  return { code, out: out.join(''), error: error.join('') };
}

/** The reports of a listing's hosts, each checked by its schema. */
export function hostsOf(out: string): readonly HostReport[] {
  const parsed: unknown = JSON.parse(out);
  const several = hostsReportSchema.safeParse(parsed);
  if (several.success) return several.data.hosts;
  const report = reportSchema.parse(parsed);
  return [{ name: report.member.name, report }];
}

/** Throws where the scan of a case says anything else than expected. */
export async function checkCase(name: string): Promise<void> {
  const expected = expectationOf(name);
  const { code, out, error } = await scanInput(
    `${CASES}${name}/input.txt`,
    '--json',
    ...expected.args,
  );
  assert.equal(code, expected.exit, error);
  if (expected.refused !== undefined) {
    assert.equal(out, '');
    assert.match(error, new RegExp(expected.refused));
    return;
  }
  assert.equal(error, '');
  const hosts = hostsOf(out);
  assert.equal(hosts.length, expected.hosts?.length);
  for (const [at, host] of (expected.hosts ?? []).entries()) checkHost(hosts[at], host);
}

function checkHost(host: HostReport | undefined, expected: HostExpectation): void {
  assert.ok(host);
  const { report } = host;
  if (expected.name !== undefined) assert.equal(host.name, expected.name);
  assert.ok(expected.role.includes(report.role), `role ${report.role}`);
  assert.equal(report.scan.rows, expected.rows);
  assert.equal(report.scan.listing?.unread, expected.unread ?? 0);
  if (expected.inQuorum !== undefined) assert.equal(report.inQuorum, expected.inQuorum);
  if (expected.mesh !== undefined) assert.equal(report.mesh.kind, expected.mesh);
  if (expected.notVerdict !== undefined) assert.notEqual(report.verdict, expected.notVerdict);
  const codes: readonly string[] = report.findings.map(({ code }) => code);
  for (const code of expected.findings ?? []) assert.ok(codes.includes(code), `${code} is missing`);
  for (const code of expected.mustNot ?? []) assert.ok(!codes.includes(code), `${code} is there`);
  const notes = report.scan.listing?.notes.join('\n') ?? '';
  for (const note of expected.notes ?? []) assert.match(notes, new RegExp(note));
}
