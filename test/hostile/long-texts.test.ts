import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvironment } from '../../src/config/environment.ts';
import { parseMembersFile } from '../../src/config/members-file.ts';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { podIdentityIn } from '../../src/config/pod-identity.ts';
import { yamlDocument } from '../../src/config/yaml-document.ts';
import { parseNarrowJson } from '../../src/evidence/narrow-json.ts';
import { parseSrvr } from '../../src/evidence/srvr-text.ts';
import { parseListing } from '../../src/listings/listing.ts';
import { parseCounters, parseInterfaceCounters, parseInUse } from '../../src/proc/counters.ts';

const BYTES = 100_000;

/**
 * Milliseconds of CPU that a text of 100 KB may take. A reader that is linear takes a few, the YAML parser up
 * to a second; an expression that tries all ways took from four seconds up to hours.
 */
const MOST_MS = 3_500;

type Reader = (text: string) => unknown;

const READERS: Readonly<Record<string, Reader>> = {
  snmp: (text) => parseCounters(text, text),
  sockstat: (text) => parseInUse(text, 'TCP'),
  'net/dev': parseInterfaceCounters,
  'members file': (text) => parseMembersFile(text, 'zk-0'),
  YAML: (text) => yamlDocument('file', text),
  'hosts file': (text) => podIdentityIn(text, 'zk-0'),
  environment: (text) => readEnvironment({ [`QUORUM_PROBE_${text.slice(0, 1_000)}`]: text }),
  srvr: parseSrvr,
  JSON: (text) => parseNarrowJson(text, { maxValues: 20_000, maxEntries: 5_000 }),
  listing: parseListing,
  ...Object.fromEntries(
    ALL_OPTIONS.flatMap(({ name, type }) => [[`--${name}`, (text: string) => type.parse(text)]]),
  ),
};

/** The fault first: each digit more doubled the time that the end of this line took. */
const NET_DEV = `  eth0: ${'1'.repeat(40)}x`;

const BEGINNINGS = [
  '',
  'server.1=',
  'server.1=zk:2888:3888;',
  'eth0:',
  'Tcp: ',
  'TCP: inuse ',
  'tcp 0 0 ',
  'tcp6 ',
  '  0: ',
  '10.0.0.1 zk-0.',
  'members: ',
  'Zookeeper version: ',
  'Mode: ',
  '"',
];

const REPEATED = [
  '1',
  '1 ',
  ' ',
  '\t',
  ':1',
  '1:',
  ':',
  '::',
  '[',
  '[:',
  ']',
  '%',
  '.',
  'a.',
  '-',
  'a-',
  'a',
  'A',
  ',',
  'a,',
  ';',
  '|',
  '=',
  '= ',
  '#',
  '\\',
  '\\\\',
  '"',
  "'",
  '{',
  '- ',
  '&a ',
  '*a ',
  '\\\n',
  'a\\\n',
  '\r',
  '\r\n',
  '\n',
  ' \n',
  'a:\n',
  'tcp6 ',
  'tcp ',
  'tcp 0 ',
  '0: ',
  'server.1=',
  'a: 1\n',
  '1/2/',
  '(',
  'timer:(',
  'LISTEN ',
  '\u0000',
  'é',
];

/** Texts that have made expressions of this kind slow: a long run, and an end that fits nothing. */
function* longTexts(): Generator<string> {
  yield NET_DEV;
  for (const beginning of BEGINNINGS) {
    for (const one of REPEATED) {
      const run = one.repeat(Math.ceil(BYTES / one.length));
      yield `${beginning}${run}!`;
    }
  }
}

function cpuMs(work: () => unknown): number {
  const before = process.cpuUsage();
  try {
    work();
  } catch {
    // Refused: how long that took is what counts.
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

for (const [name, read] of Object.entries(READERS)) {
  test(`no long text makes the reader of ${name} slow`, () => {
    for (const text of longTexts()) {
      const tookMs = cpuMs(() => read(text));
      assert.ok(tookMs < MOST_MS, `${tookMs} ms for ${JSON.stringify(text.slice(0, 60))}…`);
    }
  });
}
