import { afterwards } from './afterwards.ts';
import { containersOf, podOf } from './ensemble.ts';
import { IMAGES } from './images.ts';
import { kubectlIn } from './kubernetes.ts';
import { makeNamespace } from './namespace.ts';

/**
 * Breaks things from the node, as a fault does: a privileged pod of each node, in a namespace of its own,
 * whose shell enters the node's namespaces.
 */
export interface Breaker {
  /** Ends the first process of a container with SIGKILL, which nothing inside the container could. */
  kill(namespace: string, pod: string, container: string): Promise<void>;
  /** Stops the first process of a container, or lets it go on. */
  signal(namespace: string, pod: string, container: string, name: 'STOP' | 'CONT'): Promise<void>;
  /**
   * Drops a pod's traffic with every other pod, and leaves that with the kubelet.
   * @returns what lets it through again.
   */
  cut(namespace: string, pod: string): Promise<() => Promise<void>>;
  /**
   * Drops what one pod sends to another, and nothing of the other direction.
   * @returns what lets it through again.
   */
  lose(namespace: string, from: string, to: string): Promise<() => Promise<void>>;
}

/** Starts the pods that break; they and all that they dropped go away after the tests of this file. */
export async function startBreaker(): Promise<Breaker> {
  const namespace = await makeNamespace('breaker', 'privileged');
  await kubectlIn(namespace, ['apply', '--filename=-'], JSON.stringify(MANIFEST));
  await kubectlIn(namespace, ['rollout', 'status', 'daemonset/breaker', '--timeout=60s']);
  const pods: { items: readonly { metadata: { name: string }; spec: { nodeName: string } }[] } =
    JSON.parse(await kubectlIn(namespace, ['get', 'pods', '--output=json']));
  const onNode = async (node: string | undefined, script: string): Promise<void> => {
    const breaker = pods.items.find(({ spec }) => spec.nodeName === node)?.metadata.name ?? '';
    await kubectlIn(namespace, ['exec', breaker, '--', 'bash', '-ec', script]);
  };
  const open = new Set<() => Promise<void>>();
  afterwards(() => Promise.all([...open].map((heal) => heal())));
  const toFirst = async (victim: string, name: string, container: string, signal: string) => {
    const pod = await podOf(victim, name);
    const id = containersOf(pod).find((status) => status.name === container)?.containerID;
    await onNode(pod.spec.nodeName, signalScript(id?.replace(/^.*:\/\//, '') ?? '', signal));
  };
  const drop = async (node: string | undefined, rules: readonly string[]) => {
    const all = (how: '--insert' | '--delete') =>
      onNode(node, rules.map((rule) => iptables(how, rule)).join(' && '));
    const heal = async () => {
      if (open.delete(heal)) await all('--delete');
    };
    await all('--insert');
    open.add(heal);
    return heal;
  };
  return {
    kill: (victim, name, container) => toFirst(victim, name, container, 'KILL'),
    signal: toFirst,
    async cut(victim, name) {
      const { spec, status } = await podOf(victim, name);
      const rules = ['--source', '--destination'].map((end) => `${end} ${status.podIP ?? ''}`);
      return await drop(spec.nodeName, rules);
    },
    async lose(victim, from, to) {
      const [sender, receiver] = await Promise.all([podOf(victim, from), podOf(victim, to)]);
      const rule = `--source ${sender.status.podIP ?? ''} --destination ${receiver.status.podIP ?? ''}`;
      return await drop(sender.spec.nodeName, [rule]);
    },
  };
}

const NODE = 'nsenter --target 1 --mount --net --';

function iptables(how: string, rule: string): string {
  return `${NODE} iptables --wait ${how} FORWARD ${rule} --jump DROP`;
}

/** A container's first process is number 1 in its own namespace, the last of its numbers. */
function signalScript(containerId: string, signal: string): string {
  if (containerId === '') throw new Error('no such container runs');
  return `for group in $(grep -ls ${containerId} /proc/[0-9]*/cgroup); do
  status=\${group%cgroup}status
  if grep -qE '^NSpid:.*[[:space:]]1$' "$status"; then
    kill -${signal} "$(sed -n 's/^Pid:[[:space:]]*//p' "$status")"
    exit 0
  fi
done
exit 1`;
}

const LABELS = { app: 'breaker' };
const MANIFEST = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'breaker' },
  spec: {
    selector: { matchLabels: LABELS },
    template: {
      metadata: { labels: LABELS },
      spec: {
        hostPID: true,
        hostNetwork: true,
        terminationGracePeriodSeconds: 0,
        tolerations: [{ operator: 'Exists' }],
        containers: [
          {
            name: 'breaker',
            image: IMAGES.zookeeper,
            command: ['sleep', 'infinity'],
            securityContext: { privileged: true, runAsUser: 0 },
          },
        ],
      },
    },
  },
};
