import type { Check } from '../model/report.ts';

/** What a health endpoint answers, before it is written as text or JSON. */
export interface HealthAnswer {
  /** The endpoint's name for the closing line, such as `readyz`. */
  readonly endpoint: string;
  readonly passed: boolean;
  readonly checks: readonly Check[];
  /** Why, in one line: the leading finding with its remedy; `null` where the checks say it all. */
  readonly reason: string | null;
}

/** Names given by `?exclude=`, told apart by whether this endpoint has such a check. */
export interface Exclusion {
  readonly known: ReadonlySet<string>;
  readonly unknown: readonly string[];
}

/**
 * The body in the way of the Kubernetes API server: `ok`, or a line for each check and a closing line.
 * A failure begins with its cause and the remedy: that line is what somebody in a hurry reads.
 */
export function healthText(answer: HealthAnswer, exclusion: Exclusion, verbose: boolean): string {
  if (answer.passed && !verbose) {
    return 'ok';
  }
  const lines = [
    ...(answer.reason === null ? [] : [answer.reason]),
    ...answer.checks.map((check) => checkLine(check, exclusion)),
    ...warnings(answer, exclusion),
    `${answer.endpoint} check ${answer.passed ? 'passed' : 'failed'}`,
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

/** The same for programs. */
export function healthJson(answer: HealthAnswer, exclusion: Exclusion): unknown {
  return {
    status: answer.passed ? 'passed' : 'failed',
    reason: answer.reason,
    checks: answer.checks.map((check) => ({ ...check, excluded: exclusion.known.has(check.name) })),
    warnings: warnings(answer, exclusion),
  };
}

function checkLine({ name, status, reason }: Check, { known }: Exclusion): string {
  if (known.has(name)) {
    return `[+]${name} excluded: ok`;
  }
  switch (status) {
    case 'pass':
      return `[+]${name} ok`;
    case 'warn':
      return `[+]${name} ok, with a warning: ${reason}`;
    case 'fail':
      return `[-]${name} failed: ${reason}`;
    case 'unknown':
      return `[?]${name} unknown: ${reason}`;
  }
}

function warnings({ passed }: HealthAnswer, { known, unknown }: Exclusion): string[] {
  const lines: string[] = [];
  if (unknown.length > 0) {
    const names = unknown.map((name) => JSON.stringify(name)).join(',');
    lines.push(`warn: some health checks cannot be excluded: no matches for ${names}`);
  }
  if (known.size > 0 && !passed) {
    lines.push('warn: excluding a check hides its line; it never turns a failure into a success');
  }
  return lines;
}

/** Keeps what came from sockets, names or servers from breaking out of its line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}
