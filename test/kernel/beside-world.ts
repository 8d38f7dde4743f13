/**
 * `beside-world.ts PROGRAM`, run in a network namespace of its own: lets the built agent watch a stand-in ensemble
 * by /proc and by netlink at once, while the leader is lost, another is elected and the lost one comes back. Says
 * what each of the two answers once they have come to rest, as JSON, a line for each step.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { reportSchema } from '../../src/model/report-schema.ts';
import { MEMBERS } from '../bench/pod.ts';
import { startProgram } from '../bench/program.ts';
import { agentArguments } from '../demo/agent.ts';
import { startStandIn, ZOOKEEPER_PORTS } from '../demo/stand-in.ts';
import { type Answer, answerOf, type Step } from './beside.ts';

const [program = ''] = process.argv.slice(2);
const SOURCES = ['proc', 'netlink'] as const;
const SETTLE_MS = 1_000;

// A signal alone would end this process without the end of the agents, whose output the tests then wait for.
process.on('SIGTERM', () => process.exit(0));

const standIn = await startStandIn({ addresses: MEMBERS.map((address) => `::ffff:${address}`) });
const agents = SOURCES.map((source, at) => {
  const port = 4_888 + at;
  const options = { program, addresses: MEMBERS, ports: ZOOKEEPER_PORTS, settleMs: SETTLE_MS };
  const args = agentArguments({ ...options, listen: `127.0.0.1:${port}` });
  startProgram([process.execPath, ...args, `--socket-source=${source}`]);
  return { source, url: `http://127.0.0.1:${port}/api/v1/report` };
});

await rests('a healthy learner', (answer) => answer.ready);
await standIn.loseLeader();
await rests('the leader is lost', (answer) => answer.role === 'looking' && !answer.ready);
await standIn.elect();
await rests('another leads', (answer) => answer.ready);
await standIn.restore();
await rests('the lost one is back', (answer) => answer.ready && answer.links.length === 3);
process.exit(0);

/** Waits until both answer as is wanted, and the same as a second before; says the answers. */
async function rests(step: string, isWanted: (answer: Answer) => boolean): Promise<void> {
  for (let before = ''; ; ) {
    const answers = await Promise.all(agents.map(({ url }) => ask(url)));
    const text = JSON.stringify(answers);
    if (text === before && answers.every((one) => one !== null && isWanted(one))) {
      const [proc = null, netlink = null] = answers;
      if (proc === null || netlink === null) continue;
      const said: Step = { step, proc, netlink };
      process.stdout.write(`${JSON.stringify(said)}\n`);
      return;
    }
    before = text;
    await sleep(1_000);
  }
}

async function ask(url: string): Promise<Answer | null> {
  try {
    const response = await fetch(url, { headers: { connection: 'close' } });
    return answerOf(reportSchema.parse(await response.json()));
  } catch {
    return null;
  }
}
