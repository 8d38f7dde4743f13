import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pinnedJars } from '../jars.ts';
import { start, UIDS } from '../processes.ts';
import { ask, type Place, type System } from './system.ts';

const VERSION = '5.7.0';
const HEAP = ['-Xms48m', '-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/** Three members with Hazelcast's own time-outs, but that two halves of a cluster join again sooner. */
export async function hazelcast(): Promise<System> {
  const classPath = (await pinnedJars('hazelcast', VERSION)).join(':');
  return {
    profile: 'hazelcast',
    label: 'hazelcast',
    size: 3,
    observers: [],
    wordEveryMs: 1_000,
    prepare: (place) => writeFile(join(place.directory, 'hazelcast.yaml'), configuration(place)),
    start: ({ directory, pod }) =>
      start({
        namespace: pod.namespace,
        uid: UIDS.application,
        workingDirectory: directory,
        logFile: join(directory, 'hazelcast.log'),
        command: [
          'java',
          ...HEAP,
          `-Dhazelcast.config=${join(directory, 'hazelcast.yaml')}`,
          ...['-cp', classPath, 'com.hazelcast.core.server.HazelcastMemberStarter'],
        ],
      }),
    form: async () => {},
    says: async (place) => {
      const url = `http://${place.pod.address}:5701/hazelcast/health`;
      const health = await ask(place, ['curl', '--silent', '--fail', '--max-time', '1.5', url]);
      return health !== null && /"clusterSize":3\b/.test(health);
    },
  };
}

function configuration({ pod, fabric }: Place): string {
  const members = fabric.pods.map(({ address }) => `"${address}:5701"`).join(', ');
  return [
    'hazelcast:',
    '  cluster-name: lab',
    '  network:',
    '    port: { port: 5701, auto-increment: false }',
    `    interfaces: { enabled: true, interfaces: ["${pod.address}"] }`,
    '    join:',
    '      auto-detection: { enabled: false }',
    '      multicast: { enabled: false }',
    `      tcp-ip: { enabled: true, member-list: [${members}] }`,
    '    rest-api:',
    '      enabled: true',
    '      endpoint-groups: { HEALTH_CHECK: { enabled: true } }',
    '  properties:',
    '    hazelcast.phone.home.enabled: false',
    // Five and two minutes by default.
    '    hazelcast.merge.first.run.delay.seconds: 10',
    '    hazelcast.merge.next.run.delay.seconds: 10',
    '',
  ].join('\n');
}
