import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { caseNames, expectationOf, hostsOf, scan, scanInput } from './cases.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

/** Folders with `net/tcp`, below a folder. */
function procFolders(path: string): string[] {
  if (existsSync(join(path, 'net/tcp'))) return [path];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? procFolders(join(path, entry.name)) : [],
  );
}

interface Capture {
  readonly system: string;
  readonly args: readonly string[];
}

const pasted: readonly Capture[] = caseNames.map((name) => {
  const { args } = expectationOf(name);
  const at = args.indexOf('--profile');
  return {
    system: at < 0 ? 'zookeeper' : (args[at + 1] ?? ''),
    args: ['--input', join(FIXTURES, 'cases', name, 'input.txt')],
  };
});

const copied: readonly Capture[] = [
  ...procFolders(join(FIXTURES, 'zookeeper')).map((path) => ({
    system: 'zookeeper',
    args: ['--proc', path],
  })),
  ...readdirSync(join(FIXTURES, 'others'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      procFolders(join(FIXTURES, 'others', name)).map((path) => ({
        system: name,
        args: ['--proc', path],
      })),
    ),
];

const listings: readonly Capture[] = [
  ...['before.netstat', 'after.netstat'].map((name) => join('article', name)),
  ...readdirSync(join(FIXTURES, 'listings')).map((name) => join('listings', name)),
].map((path) => ({ system: 'zookeeper', args: ['--input', join(FIXTURES, path)] }));

/** Scans a capture; gives the profile by which it was judged, or `null` where that was refused. */
async function judgedBy({ args }: Capture): Promise<string | null> {
  const { code, out, error } = await scan('--json', '--profile', 'auto', ...args);
  if (out === '') {
    assert.equal(code, 2);
    assert.match(error, /^quorum-probe: [^\n]+\n$/, args.join(' '));
    return null;
  }
  assert.equal(error, '');
  const reports = hostsOf(out).map(({ report }) => report);
  for (const { profileBy } of reports)
    assert.match(profileBy ?? '', /^ports? [\d, and]+ listens?$/);
  const [profile, ...others] = new Set(reports.map((report) => report.profile));
  assert.deepEqual(others, []);
  return profile ?? null;
}

for (const [kind, captures] of Object.entries({ pasted, copied, listings })) {
  test(`with --profile auto, every capture is judged as its own system or refused: ${kind}`, async () => {
    const known = new Map<string, number>();
    for (const capture of captures) {
      const profile = await judgedBy(capture);
      if (profile === null) continue;
      assert.equal(profile, capture.system, capture.args.join(' '));
      known.set(profile, (known.get(profile) ?? 0) + 1);
    }
    const seen = [...known.values()].reduce((sum, count) => sum + count, 0);
    assert.ok(seen * 2 >= captures.length, `only ${seen} of ${captures.length} are known`);
  });
}

test('a report by --profile auto is the one by the name, but for what shows the system', async () => {
  const path = join(FIXTURES, 'others/etcd/healthy/0');
  const args = ['--proc', path, '--ensemble-size', '3'];
  const auto = await scan('--json', '--profile', 'auto', ...args);
  const named = await scan('--json', '--profile', 'etcd', ...args);
  assert.equal(auto.code, 0);
  const [one] = hostsOf(auto.out);
  const [other] = hostsOf(named.out);
  assert.equal(one?.report.profileBy, 'ports 2379 and 2380 listen');
  assert.equal(other?.report.profileBy, null);
  assert.deepEqual(one?.report.checks, other?.report.checks);
  const table = await scan('--profile', 'auto', ...args);
  assert.match(table.out, /^profile {2}etcd: ports 2379 and 2380 listen$/m);
});

test('what has no room for the reason gives it on standard error', async () => {
  const path = join(FIXTURES, 'others/etcd/healthy/0');
  const args = ['--proc', path, '--ensemble-size', '3'];
  const { code, error } = await scan('-o', 'short', '--profile', 'auto', ...args);
  assert.equal(code, 0);
  assert.equal(error, 'quorum-probe: the profile is etcd: ports 2379 and 2380 listen\n');
});

test('two systems with the same ports are named and not guessed', async () => {
  const path = join(FIXTURES, 'others/elasticsearch/healthy/0');
  const { code, out, error } = await scan('--profile', 'auto', '--proc', path);
  assert.equal(code, 2);
  assert.equal(out, '');
  assert.equal(
    error,
    'quorum-probe: --profile: ports 9200 and 9300 listen, which elasticsearch and opensearch use; give --profile elasticsearch or --profile opensearch\n',
  );
});

test('other ports by role, and a listing through a file, are taken into account', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'auto-'));
  try {
    mkdirSync(join(folder, 'net'));
    const head =
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
    // 2479 and 2480.
    const rows = ['09AF', '09B0'].map(
      (port, at) =>
        `   ${at}: 00000000:${port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 7${at} 1 0000000000000000 100 0 0 10 0\n`,
    );
    writeFileSync(join(folder, 'net/tcp'), head + rows.join(''));
    const other = await scan('--json', '--profile', 'auto', '--proc', folder);
    assert.equal(other.code, 2);
    assert.equal(
      other.error,
      'quorum-probe: --profile: no listener shows a port of a known system; give the name of a profile\n',
    );
    const args = ['--ports', 'client=2479,peer=2480', '--proc', folder];
    const { out } = await scan('--json', '--profile', 'auto', ...args);
    assert.equal(hostsOf(out)[0]?.report.profile, 'etcd');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('settings that do not fit the system that was found are refused in one line', async () => {
  const path = join(FIXTURES, 'others/etcd/healthy/0');
  const { code, error } = await scan('--profile', 'auto', '--proc', path, '--ask', 'srvr');
  assert.equal(code, 2);
  assert.match(
    error,
    /^quorum-probe: --ask: a server of the profile etcd does not answer srvr[^\n]*\n$/,
  );
});

test('a file that cannot be read is named', async () => {
  const { code, error } = await scanInput('/nowhere/listing', '--profile', 'auto');
  assert.equal(code, 2);
  assert.match(error, /^quorum-probe: cannot read "\/nowhere\/listing"/);
});
