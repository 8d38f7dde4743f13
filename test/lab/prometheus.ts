import { access, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AGENT_PORT } from './agent.ts';
import type { Fabric } from './fabric.ts';
import { start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

const PORT = 9090;
const RULES = fileURLToPath(new URL('../../deploy/prometheus/rules.yaml', import.meta.url));

export interface Prometheus {
  /** Evaluates an expression now; gives `promtool`'s lines, one for each series. */
  query(expression: string): Promise<string[]>;
  /** True when the project's rules were there to load. */
  readonly hasRules: boolean;
}

/** Starts Debian's Prometheus in the fabric, scraping every agent as a pod monitor would label it. */
export async function startPrometheus(fabric: Fabric): Promise<Prometheus> {
  const directory = join(workspace().directory, 'prometheus');
  await mkdir(directory);
  await chown(directory, UIDS.tools, UIDS.tools);
  const hasRules = await access(RULES).then(
    () => true,
    () => false,
  );
  const file = join(directory, 'prometheus.yaml');
  await writeFile(file, JSON.stringify(configuration(fabric, hasRules), null, 2));
  start({
    namespace: fabric.namespace,
    uid: UIDS.tools,
    workingDirectory: directory,
    logFile: join(workspace().directory, 'prometheus.log'),
    command: [
      'prometheus',
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${fabric.nodeAddress}:${PORT}`,
    ],
  });
  const server = `http://${fabric.nodeAddress}:${PORT}`;
  return {
    hasRules,
    async query(expression) {
      const promtool = ['promtool', 'query', 'instant', server, expression];
      const answer = await run('ip', ['netns', 'exec', fabric.namespace, ...promtool]);
      return answer.split('\n').filter(Boolean);
    },
  };
}

/** JSON is YAML, so the configuration needs no writer of its own. */
function configuration(fabric: Fabric, hasRules: boolean): unknown {
  return {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: hasRules ? [RULES] : [],
    scrape_configs: [
      {
        job_name: 'quorum-probe',
        static_configs: fabric.pods.map((pod) => ({
          targets: [`${pod.address}:${AGENT_PORT}`],
          labels: { namespace: 'lab', statefulset: 'zk', pod: pod.name },
        })),
      },
    ],
  };
}
