import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { CollectEdges } from '../../src/commands/diagnose/collect.ts';
import { type Forward, failed, type KubectlResult } from '../../src/commands/diagnose/kubectl.ts';
import { budget, get, pod, service, statefulSet } from '../commands/diagnose/recorded.ts';
import type { Fabric } from './fabric.ts';

/** The names of the pods as Kubernetes would have them. */
export function podName(index: number): string {
  return `zookeeper-${index}`;
}

/** A stand-in for kubectl whose pods are the lab's namespaces: what it reads and forwards is real. */
export function kubectlOf(fabric: Fabric, configMap: string | null): CollectEdges {
  const names = fabric.pods.map(({ index }) => podName(index));
  const mounts = { volumes: [{ configMap: { name: 'zookeeper' } }] };
  const spec = { containers: [{ name: 'zookeeper', image: 'zookeeper:3.8' }], ...mounts };
  const objects = {
    statefulset: [statefulSet(names.length)],
    pods: fabric.pods.map(({ index, address }) =>
      pod(podName(index), address, configMap === null ? {} : { spec }),
    ),
    services: [service()],
    poddisruptionbudgets: [budget()],
    configmaps: [
      { kind: 'ConfigMap', metadata: { name: 'zookeeper' }, data: { 'zoo.cfg': configMap ?? '' } },
    ],
  };
  const namespaceOf = (name: string): string =>
    fabric.pods.find(({ index }) => podName(index) === name)?.namespace ?? '';
  return {
    kubectl: {
      async run([verb = '', ...words]) {
        if (verb === 'get') return get({ objects }, words);
        const [name = '', , , , ...command] = words;
        return await within(namespaceOf(name), command);
      },
      forward: (name, ports) => forward(namespaceOf(name), ports),
      end: () => {},
    },
    clock: () => performance.now(),
    wallClock: () => new Date(),
    delay: (ms) => delay(ms),
    onProgress: () => {},
  };
}

function within(namespace: string, command: readonly string[]): Promise<KubectlResult> {
  return new Promise((resolve) => {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command]);
    const out: Buffer[] = [];
    let words = '';
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => {
      words += piece.toString();
    });
    child.on('close', (code) => {
      const printed = Buffer.concat(out);
      resolve(code === 0 ? { kind: 'ok', out: printed } : failed(words, code, printed));
    });
  });
}

/** Each connection is carried into the namespace by a shell of its own, as the kubelet carries it into the pod. */
async function forward(namespace: string, ports: readonly number[]): Promise<Forward> {
  const servers: Server[] = [];
  const open = new Map<number, number>();
  for (const port of ports) {
    // A background command of a shell gets no input unless it is told to.
    const relay = `exec 3<>/dev/tcp/127.0.0.1/${port} 4<&0 && { cat <&4 >&3 & cat <&3; }`;
    const server = createServer((socket) => {
      const child = spawn('ip', ['netns', 'exec', namespace, 'bash', '-c', relay]);
      const end = (): void => {
        child.kill('SIGKILL');
        socket.destroy();
      };
      socket.on('error', end).on('close', end);
      child.stdin.on('error', () => {});
      socket.pipe(child.stdin);
      child.stdout.pipe(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    const address = server.address();
    if (typeof address === 'object' && address !== null) open.set(port, address.port);
  }
  return {
    ports: open,
    close: () => {
      for (const server of servers) server.close();
    },
  };
}
