import { run } from './run-command.ts';
import { deleteNamespace, workspace } from './workspace.ts';

/** One pod: a network namespace with loopback and an eth0. */
export interface Pod {
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly namespace: string;
}

/** A fault in the fabric; healing it twice does no harm. */
export interface Cut {
  heal(): Promise<void>;
}

/** The pods and the routed network between them, with nothing of the host's own network in it. */
export interface Fabric {
  readonly namespace: string;
  readonly pods: readonly Pod[];
  /** An address of the fabric itself, where the kubelet, a resolver or Prometheus would be. */
  readonly nodeAddress: string;
  /** Drops every packet of one pod without a word, as a dead switch port does. */
  cut(pod: Pod): Promise<Cut>;
  /** Drops what two pods send each other to or from one TCP port, and nothing else. */
  block(a: Pod, b: Pod, port: number): Promise<Cut>;
  /** Loses this share of the packets that one pod sends another, at random. */
  lose(from: Pod, to: Pod, share: number): Promise<Cut>;
  /** Drops every packet that the first of each two pods sends the second, all at the same moment. */
  sever(ways: readonly (readonly [Pod, Pod])[]): Promise<Cut>;
  /** Drops every packet of more than `bytes` that one pod sends another, and no ICMP tells of it. */
  swallow(from: Pod, to: Pod, bytes: number): Promise<Cut>;
  /**
   * Gives a pod another address of its subnet, as one that is made anew gets, and lets nothing through to the old
   * one. Gives the pod as it is now; `pods` keep the old address.
   */
  renumber(pod: Pod): Promise<Pod>;
  remove(): void;
}

/** Pods on subnets of their own, in no numeric order, as a cluster gives them. */
const ADDRESSES = [
  '10.96.8.10',
  '10.96.6.11',
  '10.96.7.10',
  '10.96.9.12',
  '10.96.5.13',
  '10.96.4.14',
] as const;
const NODE_ADDRESS = '10.96.0.1';

/** Makes `size` pods; `label` tells several fabrics of one run apart. */
export async function createFabric(label: string, size: number): Promise<Fabric> {
  const { namespace } = workspace();
  const fabric = namespace(`${label}-fabric`);
  const pods = ADDRESSES.slice(0, size).map((address, index) => ({
    index,
    name: `zk-${index}`,
    address,
    namespace: namespace(`${label}-${index}`),
  }));
  await run('ip', ['netns', 'add', fabric]);
  await run(
    'ip',
    ['-n', fabric, '-batch', '-'],
    `link set lo up\naddress add ${NODE_ADDRESS}/32 dev lo\n`,
  );
  await run('ip', ['netns', 'exec', fabric, 'tee', '/proc/sys/net/ipv4/ip_forward'], '1');
  for (const pod of pods) await attach(fabric, pod);

  const drop = async (rules: readonly (readonly string[])[]): Promise<Cut> => {
    await forward(fabric, '-I', rules);
    let healed = false;
    return {
      async heal() {
        if (healed) return;
        healed = true;
        await forward(fabric, '-D', rules);
      },
    };
  };
  return {
    namespace: fabric,
    pods,
    nodeAddress: NODE_ADDRESS,
    cut: (pod) =>
      drop([
        ['-i', portOf(pod)],
        ['-o', portOf(pod)],
      ]),
    block: (a, b, port) =>
      drop(
        [
          [a, b],
          [b, a],
        ].flatMap(([from, to]) =>
          ['--dport', '--sport'].map((side) => [
            ...['-s', from?.address ?? '', '-d', to?.address ?? ''],
            ...['-p', 'tcp', side, String(port)],
          ]),
        ),
      ),
    lose: (from, to, share) =>
      drop([
        [...between(from, to), '-m', 'statistic', '--mode', 'random', '--probability', `${share}`],
      ]),
    sever: (ways) => drop(ways.map(([from, to]) => between(from, to))),
    swallow: (from, to, bytes) =>
      drop([[...between(from, to), '-m', 'length', '--length', `${bytes + 1}:65535`]]),
    async renumber(pod) {
      const address = pod.address.replace(/\d+$/, (last) => `${Number(last) + 100}`);
      await run(
        'ip',
        ['-n', pod.namespace, '-batch', '-'],
        `address del ${pod.address}/24 dev eth0\naddress add ${address}/24 dev eth0\nroute replace default via ${gatewayOf(pod)}\n`,
      );
      await drop([['-d', pod.address]]);
      return { ...pod, address };
    },
    remove() {
      for (const name of [...pods.map((pod) => pod.namespace), fabric]) deleteNamespace(name);
    },
  };
}

function between(from: Pod, to: Pod): readonly string[] {
  return ['-s', from.address, '-d', to.address];
}

/** The fabric's end of a pod's cable. */
function portOf(pod: Pod): string {
  return `pod${pod.index}`;
}

function gatewayOf({ address }: Pod): string {
  return address.replace(/\d+$/, '1');
}

async function attach(fabric: string, pod: Pod): Promise<void> {
  const gateway = gatewayOf(pod);
  await run('ip', ['netns', 'add', pod.namespace]);
  const cable = ['link', 'add', portOf(pod), 'type', 'veth', 'peer', 'name', 'eth0'];
  await run('ip', ['-n', fabric, ...cable, 'netns', pod.namespace]);
  await run(
    'ip',
    ['-n', fabric, '-batch', '-'],
    `address add ${gateway}/24 dev ${portOf(pod)}\nlink set ${portOf(pod)} up\n`,
  );
  await run(
    'ip',
    ['-n', pod.namespace, '-batch', '-'],
    `link set lo up\naddress add ${pod.address}/24 dev eth0\nlink set eth0 up\nroute add default via ${gateway}\n`,
  );
}

/** Adds or deletes drop rules in one transaction, so that both directions fall silent together. */
async function forward(
  fabric: string,
  verb: '-I' | '-D',
  rules: readonly (readonly string[])[],
): Promise<void> {
  const lines = rules.map((rule) => `${verb} FORWARD ${rule.join(' ')} -j DROP`);
  const input = `*filter\n${lines.join('\n')}\nCOMMIT\n`;
  await run('ip', ['netns', 'exec', fabric, 'iptables-restore', '--noflush', '-w'], input);
}
