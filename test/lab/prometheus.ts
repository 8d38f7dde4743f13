import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import * as z from 'zod';
import { AGENT_PORT } from './agent.ts';
import type { Fabric } from './fabric.ts';
import { start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

const PORT = 9090;
const RULES = fileURLToPath(new URL('../../deploy/prometheus/rules.yaml', import.meta.url));
const POLL_MS = 500;

/** The labels that a pod monitor gives every series of the lab's ensemble, with `pod`. */
export const ENSEMBLE_LABELS = { namespace: 'lab', ensemble: 'zk' } as const;

/** How much sooner than in earnest an alert fires here: its `for` divided by this. */
const HASTE = 30;

/** One series of an answer: its labels, and its value as Prometheus prints it. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface Prometheus {
  /** Evaluates an expression now. */
  query(expression: string): Promise<readonly Series[]>;
  /**
   * Asks until there is an answer that meets a condition.
   * @throws with the last answer when none has within `withinMs`.
   */
  until(
    expression: string,
    withinMs: number,
    condition: (answer: readonly Series[]) => boolean,
  ): Promise<void>;
}

/**
 * Starts Debian's Prometheus in the fabric, scraping every agent as a pod monitor would label it, with
 * the project's rules, whose patience alone is shortened.
 */
export async function startPrometheus(fabric: Fabric): Promise<Prometheus> {
  const directory = join(workspace().directory, `prometheus-${fabric.namespace}`);
  await mkdir(directory);
  await chown(directory, UIDS.tools, UIDS.tools);
  const rules = join(directory, 'rules.yaml');
  await writeFile(rules, hastened(await readFile(RULES, 'utf8')));
  const file = join(directory, 'prometheus.yaml');
  await writeFile(file, JSON.stringify(configuration(fabric, rules), null, 2));
  start({
    namespace: fabric.namespace,
    uid: UIDS.tools,
    workingDirectory: directory,
    logFile: `${directory}.log`,
    command: [
      'prometheus',
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${fabric.nodeAddress}:${PORT}`,
    ],
  });
  const server = `http://${fabric.nodeAddress}:${PORT}`;
  const query = async (expression: string): Promise<readonly Series[]> => {
    const instant = ['query', '--format=json', 'instant', '--', server, expression];
    const answer = await run('ip', ['netns', 'exec', fabric.namespace, 'promtool', ...instant]);
    return answerSchema.parse(JSON.parse(answer));
  };
  return {
    query,
    async until(expression, withinMs, condition) {
      const deadline = Date.now() + withinMs;
      for (;;) {
        const answer = await query(expression).catch(() => null);
        if (answer !== null && condition(answer)) return;
        if (Date.now() >= deadline) {
          throw new Error(
            `Prometheus answers to ${expression} after ${withinMs} ms: ${JSON.stringify(answer)}`,
          );
        }
        await sleep(POLL_MS);
      }
    },
  };
}

/** What `promtool query instant` prints for a vector. */
const answerSchema = z.array(
  z
    .object({
      metric: z.record(z.string(), z.string()),
      value: z.tuple([z.number(), z.string()]),
    })
    .transform(({ metric, value: [, value] }): Series => ({ labels: metric, value })),
);

const rulesSchema = z.looseObject({
  groups: z.array(z.looseObject({ rules: z.array(z.looseObject({ for: z.string().optional() })) })),
});

/** The same rules with every `for` shortened; their expressions stay as they are. */
function hastened(text: string): string {
  const { groups } = rulesSchema.parse(parse(text));
  return JSON.stringify({
    groups: groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) =>
        rule.for === undefined ? rule : { ...rule, for: `${secondsOf(rule.for) / HASTE}s` },
      ),
    })),
  });
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

function secondsOf(duration: string): number {
  const [, count, unit = ''] = /^(\d+)([smh])$/.exec(duration) ?? [];
  const seconds = Number(count) * (SECONDS[unit] ?? Number.NaN);
  if (Number.isInteger(seconds / HASTE)) return seconds;
  throw new Error(`for: ${duration} has no whole ${HASTE}th of seconds`);
}

/** JSON is YAML, so the configuration needs no writer of its own. */
function configuration(fabric: Fabric, rules: string): unknown {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: 'quorum-probe',
        static_configs: fabric.pods.map((pod) => ({
          targets: [`${pod.address}:${AGENT_PORT}`],
          labels: { ...ENSEMBLE_LABELS, pod: pod.name },
        })),
      },
      // Its own series tell whether the rules could be evaluated.
      {
        job_name: 'prometheus',
        static_configs: [{ targets: [`${fabric.nodeAddress}:${PORT}`] }],
      },
    ],
  };
}
