import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What one part of the lab needs of the machine, named as its Debian package. */
export interface Requirement {
  readonly name: string;
  readonly met: () => Promise<boolean>;
}

const root: Requirement = {
  name: 'root (the lab makes network namespaces)',
  met: async () => process.getuid?.() === 0,
};
const namespaces: Requirement = {
  name: 'network namespaces (ip netns, package iproute2, needs CAP_SYS_ADMIN)',
  met: () => succeeds('unshare', ['--net', 'ip', 'netns', 'list']),
};
const iptables = program('iptables', 'iptables', ['--version']);
const setpriv = program('setpriv', 'util-linux', ['--version']);
const java = program('java', 'default-jre-headless', ['-version']);
const javac = program('javac', 'default-jdk-headless', ['-version']);
const curl = program('curl', 'curl', ['--version']);
const maven = program('mvn', 'maven', ['--version']);
const pip = program('pip', 'python3-pip', ['--version']);
const openssl = program('openssl', 'openssl', ['version']);
const haproxy = program('haproxy', 'haproxy', ['-v']);
const dnsmasq = program('dnsmasq', 'dnsmasq-base', ['--version']);
const prometheus = program('prometheus', 'prometheus', ['--version']);
const redis = program('redis-server', 'redis-server', ['--version']);
const sentinel = program('redis-sentinel', 'redis-sentinel', ['--version']);
const etcd = program('etcd', 'etcd-server', ['--version']);
const etcdctl = program('etcdctl', 'etcd-client', ['version']);
const rabbitmq = file(
  'RabbitMQ (package rabbitmq-server)',
  '/usr/lib/rabbitmq/bin/rabbitmq-server',
);
const mariadb = program('mariadbd', 'mariadb-server', ['--version']);
const go = program('go', 'golang-go', ['version']);
const rsync = program('rsync', 'rsync', ['--version']);
const galera = file('Galera (package galera-4)', '/usr/lib/galera/libgalera_smm.so');
const zookeeper = file('ZooKeeper (package zookeeper)', '/usr/share/java/zookeeper.jar');
const agent = file('the built agent (npm run build)', 'dist/main.js');

/** Named sets, so that a scenario asks only for what it uses. */
export const NEEDS = {
  fabric: [root, namespaces, iptables, setpriv],
  ensemble: [root, namespaces, iptables, setpriv, java, zookeeper, agent],
  mesh: [root, namespaces, iptables, setpriv, java, zookeeper, haproxy, agent],
  envoy: [root, namespaces, iptables, setpriv, java, zookeeper, pip, openssl, curl, agent],
  names: [root, namespaces, iptables, setpriv, java, zookeeper, dnsmasq, agent],
  prometheus: [root, namespaces, iptables, setpriv, java, zookeeper, haproxy, prometheus, agent],
  redis: [root, namespaces, iptables, setpriv, redis, agent],
  sentinel: [root, namespaces, iptables, setpriv, redis, sentinel, agent],
  etcd: [root, namespaces, iptables, setpriv, etcd, etcdctl, agent],
  etcdTls: [root, namespaces, iptables, setpriv, etcd, etcdctl, openssl, agent],
  newestEtcd: [root, namespaces, iptables, setpriv, go, etcdctl, agent],
  jvm: [root, namespaces, iptables, setpriv, java, maven, agent],
  hazelcast: [root, namespaces, iptables, setpriv, java, maven, curl, agent],
  nifi: [root, namespaces, iptables, setpriv, java, javac, maven, curl, agent],
  elasticsearch: [root, namespaces, iptables, setpriv, java, javac, maven, curl, agent],
  valkey: [root, namespaces, iptables, setpriv, redis, pip, agent],
  nats: [root, namespaces, iptables, setpriv, pip, curl, agent],
  raft: [root, namespaces, iptables, setpriv, go, curl, agent],
  galera: [root, namespaces, iptables, setpriv, mariadb, galera, rsync, agent],
  rabbitmq: [root, namespaces, iptables, setpriv, rabbitmq, agent],
} as const satisfies Record<string, readonly Requirement[]>;

/**
 * The reason to skip, naming every missing part, or `false` when all are there.
 * Throws under `CI=true`, where a missing part is a failure.
 */
export async function missing(needs: readonly Requirement[]): Promise<string | false> {
  const absent: string[] = [];
  for (const need of needs) if (!(await need.met())) absent.push(need.name);
  if (absent.length === 0) return false;
  const reason = `the lab is missing ${absent.join('; ')}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  return reason;
}

function program(command: string, debianPackage: string, probe: readonly string[]): Requirement {
  return {
    name: `${command} (package ${debianPackage})`,
    met: () => succeeds(command, probe),
  };
}

function file(name: string, path: string): Requirement {
  return {
    name,
    met: () =>
      access(path).then(
        () => true,
        () => false,
      ),
  };
}

async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    await execute(command, [...args]);
    return true;
  } catch {
    return false;
  }
}
