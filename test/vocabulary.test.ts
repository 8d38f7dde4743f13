import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PROFILES } from '../src/profiles/index.ts';

const SOURCES = join(import.meta.dirname, '../src');

/** Names of systems and terms that only one of them has. */
const TERMS =
  /zookeeper|zoo\.cfg|\bznode|syncLimit|tickTime|\bserver\.N\b|leaderServes|redis|\bcluster-node-timeout|kafka|kraft|\betcd|cassandra|elasticsearch|rabbitmq|\bconsul\b|galera|\bwsrep|\bnats\b|opensearch|\bvault\b|\bepmd|erlang|net_ticktime|\bnifi\b|hazelcast|clickhouse|\bsrvr\b/gi;

/** A file that may hold some of them, and why. */
interface Allowed {
  readonly terms: RegExp;
  readonly because: string;
}

const ADAPTER: Allowed = {
  terms: /^(?:srvr|zoo\.cfg|server\.n|leaderserves|zookeeper)$/,
  because: 'reads what one system alone writes: its answer to srvr, or its members file',
};
const TICKS: Allowed = {
  terms: /^(?:zoo\.cfg|zookeeper|synclimit|ticktime)$/,
  because: 'reads how often the members of one system speak, in its own settings',
};
const CONTRACT: Allowed = {
  terms: /^(?:srvr|leaderserves|zoo\.cfg|server\.n)$/,
  because: 'names an option, a value of --ask, a field of the report, or a file that users give',
};
const ASKED: Allowed = {
  terms: /^(?:srvr|leaderserves)$/,
  because: 'handles the answer to srvr under its name, or a setting by the name of its option',
};
const POSTED: Allowed = {
  terms: /^(?:zookeeper|etcd|epmd|redis|kafka)$/,
  because: 'reads what other programs print: names of services, and headings of pastes',
};

const MESH: Allowed = {
  terms: /^consul$/,
  because: 'names a service mesh, which has the name of a system',
};

/** Files and folders (with a `/` at the end) below `src`, besides `profiles/`. */
const ALLOWED = new Map<string, Allowed>([
  ['evidence/srvr.ts', ADAPTER],
  ['evidence/srvr-text.ts', ADAPTER],
  ['evidence/members-file.ts', ADAPTER],
  ['config/members-file.ts', ADAPTER],
  ['config/members-heartbeat.ts', TICKS],
  ['config/server-line.ts', ADAPTER],
  ['config/vote-weights.ts', ADAPTER],
  ['model/quorum-verifier.ts', ADAPTER],
  ['links/mesh.ts', MESH],
  ['model/link.ts', MESH],
  ['config/', CONTRACT],
  ['model/', CONTRACT],
  ['agent/', ASKED],
  ['http/metrics/asked.ts', ASKED],
  ['http/page/view.ts', ASKED],
  ['assess/', ASKED],
  ['commands/', ASKED],
  ['listings/services.ts', POSTED],
  ['listings/host-names.ts', POSTED],
]);

function allowedIn(path: string, term: string): boolean {
  return [...ALLOWED].some(
    ([place, { terms }]) =>
      (place.endsWith('/') ? path.startsWith(place) : path === place) &&
      terms.test(term.toLowerCase()),
  );
}

const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
  (path) => /\.(?:ts|js)$/.test(path) && !path.startsWith('profiles/'),
);

test('no system is named outside its profile, but by what speaks its protocol', () => {
  assert.ok(files.length > 100);
  const named = files.flatMap((path) =>
    readFileSync(join(SOURCES, path), 'utf8')
      .split('\n')
      .flatMap((line, at) =>
        [...line.matchAll(TERMS)]
          .filter(([term]) => !allowedIn(path, term))
          .map(([term]) => `${path}:${at + 1}: ${term}`),
      ),
  );
  assert.deepEqual(named, []);
});

test('the alerts name a system only where they take its words from its profile', () => {
  const rules = readFileSync(join(SOURCES, '../deploy/prometheus/rules.yaml'), 'utf8');
  const own = rules.split('\n').filter((line) => !/ if eq \$system "/.test(line));
  assert.deepEqual(
    own.filter((line) => line.replaceAll('srvr', '').search(TERMS) >= 0),
    [],
  );
});

test('the names that are looked for are those of the profiles', () => {
  for (const name of PROFILES.keys()) assert.match(name, new RegExp(TERMS.source, 'i'));
});

test('every place that may name a system exists, and does', () => {
  for (const [place, { terms, because }] of ALLOWED) {
    const holds = files
      .filter((path) => (place.endsWith('/') ? path.startsWith(place) : path === place))
      .some((path) =>
        [...readFileSync(join(SOURCES, path), 'utf8').matchAll(TERMS)].some(([term]) =>
          terms.test(term.toLowerCase()),
        ),
      );
    assert.ok(holds, `${place}, which ${because}`);
  }
});

test('the word mesh is the service mesh: no shape of links and no quorum rule has it', () => {
  for (const { ports, quorum } of PROFILES.values()) {
    for (const kind of [quorum.kind, ...ports.map(({ links }) => links.kind)]) {
      assert.doesNotMatch(kind, /mesh/);
    }
  }
});
