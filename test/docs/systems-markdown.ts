import { PROFILES } from '../../src/profiles/index.ts';
import { code, markdownTable } from './markdown-table.ts';

interface Known {
  /** What readiness means, shorter than the profile says it. */
  readonly ready: string;
  /** Against what the profile was checked. */
  readonly checked: string;
}

/** In the order of the table: what is said of each profile beside its ports. */
const KNOWN: Readonly<Record<string, Known>> = {
  zookeeper: {
    ready: 'leads a majority, or follows a leader; client port open',
    checked: "real servers, Debian's 3.8 and 3.9.5 from Maven Central",
  },
  'redis-cluster': {
    ready: 'linked both ways with a majority of the masters',
    checked: "real servers, Debian's 7.0, three masters, and with replicas",
  },
  'redis-sentinel': {
    ready: 'linked both ways with a majority of the sentinels',
    checked: "real servers, Debian's 7.0",
  },
  etcd: {
    ready: 'linked both ways with a majority of the voters',
    checked: "real servers, Debian's 3.4",
  },
  rabbitmq: {
    ready: 'linked with a majority of the nodes',
    checked: "real servers, Debian's 3.10, `net_ticktime` 8",
  },
  'kafka-kraft': {
    ready: 'active with a majority of controllers, or linked with the active one',
    checked: 'real servers, 4.4.0 from Maven Central',
  },
  cassandra: {
    ready: 'both ports open, and once it was linked some member answers',
    checked: 'real servers, 5.0.6 from Maven Central',
  },
  elasticsearch: {
    ready: 'linked both ways with a majority of the master-eligible nodes',
    checked: 'real servers, 8.19.21 from Maven Central',
  },
  nifi: {
    ready: 'web and cluster ports open',
    checked: "NiFi's own framework, 1.28.1 from Maven Central; a stand-in for its web application",
  },
};

/** The systems of the built-in profiles, and how each profile was checked. */
export function systemsMarkdown(): string {
  return markdownTable(
    ['System', 'Profile', 'Ports by role', 'Ready means', 'How it was checked'],
    Object.entries(KNOWN).map(([name, { ready, checked }]) => {
      const profile = PROFILES.get(name);
      if (profile === undefined) throw new Error(`no profile ${name}`);
      const ports = profile.ports.map(
        ({ role, ports: numbers, listens }) =>
          `${role} ${numbers.join(', ')}${listens === 'optional' ? ' (optional)' : ''}`,
      );
      return [profile.title, code(name), ports.join('; '), ready, checked];
    }),
  );
}

/** The profiles of which the table tells. */
export const SYSTEMS: readonly string[] = Object.keys(KNOWN);
