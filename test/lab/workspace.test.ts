import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { missing, NEEDS } from './requirements.ts';
import { exitOf, run } from './run-command.ts';
import { workspace } from './workspace.ts';

interface Left {
  readonly directory: string;
  readonly namespace: string;
  readonly sleeper: number;
}

const skip = await missing(NEEDS.fabric);

describe("the lab's own traces", { skip }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`are gone after ${signal}, and the host's network is as it was`, async () => {
      const before = await hostNetwork();
      const left = await leaveOpen(signal);
      assert.deepEqual(await remainsOf(left), []);
      assert.equal(await hostNetwork(), before);
    });
  }

  it('are removed by the next run when a run was killed outright', async () => {
    const left = await leaveOpen('SIGKILL');
    assert.deepEqual(await remainsOf(left), ['directory', 'namespace', 'process']);
    workspace();
    assert.deepEqual(await remainsOf(left), []);
  });
});

/** Runs a program that makes a fabric, and ends it by a signal, sent twice as a terminal and a runner do. */
async function leaveOpen(signal: NodeJS.Signals): Promise<Left> {
  const program = fileURLToPath(new URL('./left-open.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = exitOf(child);
  const line = await new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).once('line', resolve);
  });
  child.kill(signal);
  child.kill(signal);
  // Its own child keeps the pipe open when it is killed outright.
  child.stdout.destroy();
  await ended;
  return JSON.parse(line);
}

async function remainsOf({ directory, namespace, sleeper }: Left): Promise<string[]> {
  const namespaces = await run('ip', ['netns', 'list']);
  const remains = {
    directory: existsSync(directory),
    namespace: namespaces.includes(namespace),
    process: await stillRuns(sleeper),
  };
  return Object.entries(remains).flatMap(([what, remain]) => (remain ? [what] : []));
}

/** Gives a killed process a moment to go; a zombie that nobody has reaped has no command line. */
async function stillRuns(pid: number): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (commandLine === '') return false;
    await sleep(50);
  }
  return true;
}

/** Links, addresses, routes and packet filter of the host itself. */
async function hostNetwork(): Promise<string> {
  const parts = [
    run('ip', ['-oneline', 'link']),
    run('ip', ['-oneline', 'address']),
    run('ip', ['route', 'show', 'table', 'all']),
    run('iptables-save', []),
    run('cat', ['/proc/sys/net/ipv4/ip_forward']),
  ];
  return (await Promise.all(parts))
    .join('\n')
    .replaceAll(/^#.*$/gm, '')
    .replaceAll(/\[\d+:\d+\]/g, '');
}
