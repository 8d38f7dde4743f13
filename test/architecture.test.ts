import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const SOURCES = join(import.meta.dirname, '../src');

/**
 * What each part of `src` may import besides itself, in the order in which data goes: a part knows
 * only what stands above it.
 */
const MAY_IMPORT = new Map<string, readonly string[]>([
  ['model', []],
  ['layout.ts', []],
  ['version.ts', []],
  ['node-http.ts', []],
  ['ending.ts', []],
  ['output.ts', []],
  ['regular-file.ts', []],
  ['profiles', ['model']],
  ['proc', ['model', 'regular-file.ts']],
  ['kernel', ['model', 'proc']],
  ['listings', ['model', 'proc']],
  ['links', ['model']],
  ['assess', ['model', 'links']],
  ['config', ['model', 'layout.ts', 'profiles']],
  ['evidence', ['model', 'regular-file.ts', 'node-http.ts', 'proc', 'config']],
  ['agent', ['model', 'proc', 'kernel', 'links', 'assess', 'evidence']],
  ['http', ['model', 'node-http.ts', 'assess']],
  [
    'commands',
    [
      'model',
      'layout.ts',
      'regular-file.ts',
      'version.ts',
      'profiles',
      'proc',
      'kernel',
      'listings',
      'assess',
      'config',
      'evidence',
      'agent',
      'http',
    ],
  ],
  ['run.ts', ['model', 'version.ts', 'layout.ts', 'profiles', 'config', 'commands']],
  ['program.ts', ['ending.ts', 'evidence', 'output.ts', 'regular-file.ts', 'run.ts']],
  ['main.ts', ['program.ts']],
  ['kubectl-quorum.ts', ['main.ts']],
]);

/**
 * The folders of `assess`, from the ground up: who is linked and in a quorum, what that means for
 * clients, everything of one moment, the members together, whether a member can be spared, the diagnoses, and the report. `assess.ts`
 * and what carries from one scan to the next stand on it, and the tables of all members together on top.
 */
const STOREYS = [
  'quorum',
  'readiness',
  'scene',
  'ensemble',
  'stop',
  'findings',
  'report',
  'assess',
  'diagnosis',
];

function storeyOf(path: string): string | null {
  const [part, storey = '', file] = path.split('/');
  if (part !== 'assess') return null;
  return file === undefined ? 'assess' : storey;
}

/** What is imported from outside by the parts that only compute. */
const PURE = new Map<string, readonly string[]>([
  ['model', ['zod']],
  ['profiles', []],
  ['links', []],
  // isIP alone, which reads a text.
  ['assess', ['node:net']],
]);

interface Source {
  /** Below `src`. */
  readonly path: string;
  readonly part: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

interface Import {
  /** A file below `src`, or a package. */
  readonly from: string;
  readonly isPackage: boolean;
  /** `type`: nothing of it is loaded. */
  readonly kind: 'type' | 'value' | 'when-needed';
}

const sources = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path): Source => {
    const text = readFileSync(join(SOURCES, path), 'utf8');
    return { path, part: partOf(path), text, imports: importsIn(path, text) };
  });

function importsIn(path: string, text: string): Import[] {
  const statement =
    /^(?:im|ex)port (type )?(?:\{[^}]*\}|\*(?: as \w+)?|\w+(?:, \{[^}]*\})?) from '([^']+)'/gm;
  const found = [
    ...[...text.matchAll(statement)].map(([, type, name = '']) => ({
      name,
      kind: type === undefined ? ('value' as const) : ('type' as const),
    })),
    ...[...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, name = '']) => ({
      name,
      kind: 'when-needed' as const,
    })),
  ];
  return found.map(({ name, kind }) => {
    const isPackage = !name.startsWith('.');
    return { from: isPackage ? name : normalize(join(dirname(path), name)), isPackage, kind };
  });
}

function partOf(path: string): string {
  return path.split('/')[0] ?? '';
}

test('every part of the sources has its place, and may import only what stands above it', () => {
  const order = [...MAY_IMPORT.keys()];
  assert.deepEqual(new Set(sources.map(({ part }) => part)), new Set(order));
  for (const [part, others] of MAY_IMPORT) {
    for (const other of others) assert.ok(order.indexOf(other) < order.indexOf(part), part);
  }
});

test('CONTRIBUTING draws the parts as they are', () => {
  const page = readFileSync(join(SOURCES, '../CONTRIBUTING.md'), 'utf8').split('\n## ')[1] ?? '';
  const named = (cell: string | undefined) =>
    [...(cell ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
  const rows = [...page.matchAll(/^\| (`\w+`) \| [^|]+ \| ?([^|]*)\|$/gm)];
  const drawn = rows.map(([, part, imports]) => [...named(part), ...named(imports)]);
  const isFolder = (part: string) => !part.endsWith('.ts');
  const folders = [...MAY_IMPORT].filter(([part]) => isFolder(part));
  assert.deepEqual(
    drawn.filter(([part = '']) => MAY_IMPORT.has(part)),
    folders.map(([part, imports]) => [part, ...imports.filter(isFolder)]),
  );
});

test('what judges stands in storeys, and each rests on those below it alone', () => {
  for (const { path, imports } of sources) {
    const storey = storeyOf(path);
    if (storey === null) continue;
    for (const { from } of imports) {
      const other = storeyOf(from);
      const isBelow = other === null || STOREYS.indexOf(other) <= STOREYS.indexOf(storey);
      assert.ok(isBelow, `${path} imports ${from}`);
    }
  }
});

test('imports go one way', () => {
  const against = sources.flatMap(({ path, part, imports }) =>
    imports
      .filter(({ from, isPackage }) => {
        const other = partOf(from);
        return !isPackage && other !== part && MAY_IMPORT.get(part)?.includes(other) !== true;
      })
      .map(({ from }) => `${path} imports ${from}`),
  );
  assert.deepEqual(against, []);
});

test('no file imports itself through others, not even for types', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    assert.ok(!way.includes(path), [...way, path].join(' → '));
    if (done.has(path)) return;
    for (const { from } of byPath.get(path)?.imports ?? []) {
      visit(from, [...way, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
});

test('what judges only computes: no files, no network, no clock, no timers', () => {
  for (const { path, part, imports, text } of sources) {
    const allowed = PURE.get(part);
    if (allowed === undefined) continue;
    for (const { from, isPackage } of imports) {
      if (isPackage) assert.ok(allowed.includes(from), `${path} imports ${from}`);
    }
    const edge = /\b(?:Date\.now|new Date\(\)|performance\.|set(?:Timeout|Interval)|process\.)/;
    assert.doesNotMatch(text, edge, path);
    const fromNet = /import \{(.*)\} from 'node:net'/.exec(text)?.[1]?.trim();
    assert.ok(fromNet === undefined || fromNet === 'isIP', path);
  }
});

test('the agent loads nothing that reads pasted listings, changes manifests or starts kubectl', () => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const loaded = new Set<string>();
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { from } of byPath.get(path)?.imports ?? []) {
      visit(from);
    }
  };
  visit('commands/serve.ts');
  assert.ok(loaded.has('proc/read.ts'));
  assert.deepEqual(
    [...loaded].filter((path) => /^listings\/|inject|diagnos|^profiles\/marks/.test(path)),
    [],
  );
});

test('one part starts a process, which the agent never loads, and the libraries that might, or that call the C library, are loaded in one place each', () => {
  const importing = (pattern: RegExp): string[] =>
    sources
      .filter(({ imports }) =>
        imports.some(({ from, isPackage }) => isPackage && pattern.test(from)),
      )
      .map(({ path }) => path);
  assert.deepEqual(importing(/^(?:node:)?(?:child_process|cluster)$/), [
    'commands/diagnose/kubectl.ts',
  ]);
  // The one thread, which checks passwords where there are any.
  assert.deepEqual(importing(/^(?:node:)?worker_threads$/), ['http/auth/verify.ts']);
  assert.deepEqual(importing(/^systeminformation/), ['evidence/interfaces.ts']);
  assert.deepEqual(importing(/^koffi/), ['kernel/koffi.ts']);
});

test("node:http is required by one file and imported by none: an import loads Node's web client too", () => {
  const importing = sources.filter(({ imports }) =>
    imports.some(({ from, kind }) => /^(?:node:)?https?$/.test(from) && kind !== 'type'),
  );
  assert.deepEqual(
    importing.map(({ path }) => path),
    [],
  );
  const requiring = sources.filter(({ text }) =>
    /[rR]equire\([^)]*\)\(\s*'(?:node:)?https?'/.test(text),
  );
  assert.deepEqual(
    requiring.map(({ path }) => path),
    ['node-http.ts'],
  );
});
