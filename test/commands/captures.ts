import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const CAPTURES = new URL('../fixtures/zookeeper/', import.meta.url).pathname;
/** Addresses of the captured pods, by their number. */
export const ADDRESSES = ['10.96.8.10', '10.96.6.11', '10.96.7.10', '10.96.9.12', '10.96.5.13'];

/** The rows of `expect.tsv`: scenario, moment, pod, members, role, ready, findings. */
export const ROWS = readFileSync(join(CAPTURES, 'expect.tsv'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'));

/** What `scan` is given to read a captured row. */
export function captureArguments([
  scenario = '',
  moment = '',
  pod = '',
  members = '3',
]: readonly string[]): string[] {
  return [
    '--json',
    '--profile',
    'zookeeper',
    '--members',
    ADDRESSES.slice(0, Number(members)).join(','),
    '--pod-ip',
    ADDRESSES[Number(pod)] ?? '',
    '--proc',
    join(CAPTURES, scenario, moment, pod),
  ];
}
