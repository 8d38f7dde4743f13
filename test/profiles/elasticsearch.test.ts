import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/run.ts';

const TABLE = fileURLToPath(
  new URL('../fixtures/others/elasticsearch/healthy/0/net/tcp6', import.meta.url),
);
const [HEADER = '', ...ROWS] = readFileSync(TABLE, 'utf8').trimEnd().split('\n');
const PEERS = ['0B06600A', '0A07600A'];
/** 9300, as a local and as a remote port. */
const INBOUND = /^ *\d+: \w+:2454 .* 01 /;
const OUTBOUND = /^ *\d+: \w+:\w+ \w+:2454 01 /;

/** The listeners, and of each direction as many established connections with each peer. */
function listing(perPair: number): string {
  const listeners = ROWS.filter((row) => / 0A /.test(row));
  const links = PEERS.flatMap((peer) =>
    [INBOUND, OUTBOUND].flatMap((direction) =>
      ROWS.filter((row) => row.includes(peer) && direction.test(row)).slice(0, perPair),
    ),
  );
  return [HEADER, ...listeners, ...links, ''].join('\n');
}

test('nodes that only look who is there, by one connection each, are not linked', async () => {
  assert.equal(await ready(1), false);
});

test('nodes with as few connections as settings and roles leave are linked', async () => {
  assert.equal(await ready(3), true);
});

async function ready(perPair: number): Promise<boolean> {
  const proc = mkdtempSync(join(tmpdir(), 'quorum-probe-'));
  try {
    mkdirSync(join(proc, 'net'));
    writeFileSync(join(proc, 'net', 'tcp'), `${HEADER}\n`);
    writeFileSync(join(proc, 'net', 'tcp6'), listing(perPair));
    return await readyBy(proc);
  } finally {
    rmSync(proc, { recursive: true });
  }
}

async function readyBy(proc: string): Promise<boolean> {
  const output: string[] = [];
  const members = '10.96.8.10,10.96.6.11,10.96.7.10';
  await run(
    [
      ...['scan', '--json', '--profile', 'elasticsearch', '--proc', proc],
      ...['--pod-ip', '10.96.8.10', '--members', members],
    ],
    {},
    {
      hostname: 'pod',
      readText: () => Promise.reject(new Error('no file is named')),
      out: (text) => output.push(text),
      error: (text) => output.push(text),
      colour: false,
    },
  );
  const report: { readonly ready: boolean } = JSON.parse(output.join(''));
  return report.ready;
}
