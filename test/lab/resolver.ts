import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fabric, Pod } from './fabric.ts';
import { start, UIDS } from './processes.ts';
import { run } from './run-command.ts';
import { workspace } from './workspace.ts';

const START_PATIENCE_MS = 10_000;

const DOMAIN = 'zk.lab.svc.cluster.local';

/** The name that a headless service gives a pod. */
export function nameOf(pod: Pod): string {
  return `${pod.name}.${DOMAIN}`;
}

/** A real DNS server in the fabric that answers for the published pods alone. */
export interface Resolver {
  publish(pods: readonly Pod[]): Promise<void>;
}

/**
 * Starts dnsmasq and points every pod at it. Each pod finds its own name in /etc/hosts, where the
 * kubelet writes it for pods of a headless service.
 */
export async function startResolver(fabric: Fabric): Promise<Resolver> {
  const { directory, etcOf } = workspace();
  const zone = join(directory, `${fabric.namespace}.hosts`);
  await writeFile(zone, '');
  for (const pod of fabric.pods) {
    const etc = etcOf(pod.namespace);
    await writeFile(join(etc, 'resolv.conf'), `nameserver ${fabric.nodeAddress}\n`);
    await writeHosts(pod);
  }
  const lowestPort = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  await run('ip', ['netns', 'exec', fabric.namespace, 'tee', lowestPort], '53');
  const logFile = join(directory, `${fabric.namespace}.dnsmasq.log`);
  const dnsmasq = start({
    namespace: fabric.namespace,
    uid: UIDS.tools,
    workingDirectory: '/',
    logFile,
    command: [
      'dnsmasq',
      ...['--keep-in-foreground', '--log-facility=-', '--conf-file=/dev/null', '--pid-file'],
      ...['--no-resolv', '--no-hosts', `--addn-hosts=${zone}`, `--local=/${DOMAIN}/`],
      ...[`--listen-address=${fabric.nodeAddress}`, '--bind-interfaces'],
    ],
  });
  // Before it has started, the signal that makes it read its hosts again would end it.
  await logged(logFile, 'started');
  return {
    async publish(pods) {
      await writeFile(zone, pods.map((pod) => `${pod.address} ${nameOf(pod)}\n`).join(''));
      // dnsmasq reads its hosts files again on SIGHUP.
      dnsmasq.signal('SIGHUP');
    },
  };
}

/** Writes the pod's /etc/hosts as the kubelet does. */
export async function writeHosts(pod: Pod): Promise<void> {
  const own = `${pod.address}\t${nameOf(pod)}\t${pod.name}`;
  await writeFile(
    join(workspace().etcOf(pod.namespace), 'hosts'),
    `# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n${own}\n`,
  );
}

async function logged(file: string, word: string): Promise<void> {
  const deadline = Date.now() + START_PATIENCE_MS;
  for (;;) {
    const text = await readFile(file, 'utf8');
    if (text.includes(word)) return;
    if (Date.now() > deadline) throw new Error(`dnsmasq has not started: ${text}`);
    await sleep(50);
  }
}
