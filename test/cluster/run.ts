/**
 * Runs the cases on a real Kubernetes and prints the table of what they showed. The test files whose
 * names contain one of the arguments run, or all of them. `--provider` names who brings the cluster: `node` (in
 * namespaces of this machine), `kind`, or `none`, for the cluster of the kubeconfig. `--quick` runs the few cases
 * that CI runs; `--if-built` ends well, with one line, where the programs would have to be built first.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchTools } from '../deploy/tools.ts';
import { exitOf } from '../lab/run-command.ts';
import type { CaseResult } from './case.ts';
import { cacheFolder, PROVIDERS, type Provider, providerOf } from './providers.ts';

const { values: options, positionals: wanted } = parseArgs({
  args: [...(process.env['QUORUM_CLUSTER_OPTIONS']?.split(' ') ?? []), ...process.argv.slice(2)],
  allowPositionals: true,
  options: {
    provider: { type: 'string', default: 'node' },
    quick: { type: 'boolean', default: false },
    'if-built': { type: 'boolean', default: false },
  },
});

/** The files of the cases that CI runs. */
const QUICK = ['zookeeper.test.ts', 'hold.test.ts'];

async function main(): Promise<number> {
  const name = PROVIDERS.find((known) => known === options.provider);
  if (name === undefined) {
    console.error(`--provider=${options.provider}: name one of ${PROVIDERS.join(', ')}`);
    return 2;
  }
  const provider = providerOf(name);
  const missing = provider.missing();
  if (missing !== null && options['if-built']) {
    console.log(`the cases on a real Kubernetes are left out: ${missing}`);
    return 0;
  }
  if (missing !== null) console.log(`${missing}: this is built and fetched first`);
  await provider.prepare();
  return await withCluster(provider);
}

let running: ChildProcess | null = null;
let interrupted = false;
// A Ctrl-C reaches the cases too: wait until they, and the provider, have cleaned up.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    running?.kill(signal);
  });
}

async function withCluster(provider: Provider): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-cluster-'));
  const results = join(folder, 'results');
  const started = performance.now();
  try {
    // The dry runs render with them, where there may be no network.
    fetchTools();
    await provider.up();
    const failed: string[] = [];
    for (const file of chosen()) if (!(await passes(provider, file, results))) failed.push(file);
    const minutes = ((performance.now() - started) / 60_000).toFixed(1);
    console.log(`\n${tableOf(results)}\n\nin all ${minutes} minutes`);
    if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
    return failed.length === 0 && !interrupted ? 0 : 1;
  } finally {
    await provider.down();
    rmSync(folder, { recursive: true });
  }
}

/** The test files to run, in the order of what matters most. */
function chosen(): readonly string[] {
  if (options.quick) return QUICK;
  const others = readdirSync(import.meta.dirname).filter(
    (file) => file.endsWith('.test.ts') && !QUICK.includes(file),
  );
  return [...QUICK, ...others.sort()].filter((file) =>
    wanted.length === 0
      ? !file.endsWith('.long.test.ts')
      : wanted.some((part) => file.includes(part)),
  );
}

/** How often a file may run until it passes: a busy machine delays servers past what any bound forgives. */
const tries = Number(process.env['QUORUM_TEST_TRIES'] ?? '1');

async function passes({ within }: Provider, file: string, results: string): Promise<boolean> {
  const runner = ['--test', '--test-reporter=spec', join(import.meta.dirname, file)];
  const [program = '', ...args] = [...within, process.execPath, '--import', 'tsx', ...runner];
  for (let attempt = 1; attempt <= tries && !interrupted; attempt += 1) {
    console.log(`\n== ${file}${attempt === 1 ? '' : `, attempt ${attempt}`}`);
    running = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        QUORUM_CLUSTER_RESULTS: results,
        QUORUM_CLUSTER_DISPOSABLE: options.provider === 'none' ? '0' : '1',
        QUORUM_CLUSTER_QUICK: options.quick ? '1' : '0',
        QUORUM_CLUSTER_CRDS: join(cacheFolder, 'crds'),
      },
    });
    if ((await exitOf(running)) === 0) return true;
  }
  return false;
}

/** A Markdown table, as README.md of this folder has it. */
function tableOf(file: string): string {
  const results = (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter(Boolean)
    .map((line): CaseResult => JSON.parse(line));
  const rows = results.map(
    ({ title, seconds, showed }) => `| ${title} | ${seconds.toFixed(0)} s | ${showed} |`,
  );
  return ['| case | took | showed |', '| --- | --- | --- |', ...rows].join('\n');
}

process.exitCode = await main();
