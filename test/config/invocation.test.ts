import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ALL_OPTIONS } from '../../src/config/options.ts';
import { invoke } from './invocation.ts';

async function served(...argv: readonly string[]) {
  const invocation = await invoke({ argv });
  assert.ok(invocation.kind === 'serve', JSON.stringify(invocation));
  return invocation.settings;
}

async function scanned(...argv: readonly string[]) {
  const invocation = await invoke({ argv: ['scan', ...argv] });
  assert.ok(invocation.kind === 'scan', JSON.stringify(invocation));
  return invocation.settings;
}

test('without a word the agent runs with the defaults', async () => {
  const { judge, ...rest } = await served();
  assert.equal(judge.profile.name, 'zookeeper');
  assert.deepEqual(
    { ...judge, profile: null, ...rest },
    {
      profile: null,
      ensemble: { kind: 'unset' },
      podName: 'zk-0',
      identity: { kind: 'unknown' },
      service: { from: 'none' },
      leaderServes: null,
      mesh: 'auto',
      settleMs: 5000,
      persistMs: 10_000,
      bootstrap: true,
      certificateFile: null,
      serverUids: [],
      podAddresses: null,
      membersFile: null,
      givenPorts: [],
      scan: {
        hintIntervalMs: 250,
        minIntervalMs: 1000,
        maxIntervalMs: 5000,
        intervalCapMs: 15_000,
        confirmDelayMs: 200,
        sliceMs: 4,
        busyShare: 0.02,
        idleShare: 0.004,
        rowCap: 4096,
      },
      envoyAdmin: { host: null, port: 15_000 },
      listen: { host: null, port: 4888 },
      listenHealth: null,
      webConfig: null,
      peerClientConfig: null,
      logLevel: 'info',
      runbookUrl: null,
      ask: [],
      procRoot: '/proc',
      socketSource: 'auto',
    },
  );
});

test('every option of serve reaches its setting', async () => {
  const settings = await served(
    'serve',
    '--pod-name=zk-1',
    '--pod-ip=10.0.0.1,::ffff:10.0.0.2',
    '--ports=client=2281,quorum=2889+2890',
    '--mesh=istio-sidecar',
    '--settle=1m',
    '--bootstrap=false',
    '--ask=srvr,peers',
    '--listen=[::1]:0',
    '--log-level=debug',
    '--proc=/tmp/x/',
    '--scan-max-interval=2s',
    '--scan-busy-share=3%',
  );
  assert.equal(settings.judge.podName, 'zk-1');
  assert.deepEqual(settings.podAddresses, ['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(
    settings.judge.profile.ports.map(({ role, ports }) => [role, ports]),
    [
      ['client', [2281]],
      ['quorum', [2889, 2890]],
      ['election', [3888]],
    ],
  );
  assert.equal(settings.judge.mesh, 'istio-sidecar');
  assert.equal(settings.judge.settleMs, 60_000);
  assert.equal(settings.judge.bootstrap, false);
  assert.deepEqual(settings.ask, ['srvr', 'peers']);
  assert.deepEqual(settings.listen, { host: '::1', port: 0 });
  assert.equal(settings.logLevel, 'debug');
  assert.equal(settings.procRoot, '/tmp/x');
  assert.equal(settings.scan.maxIntervalMs, 2000);
  assert.equal(settings.scan.busyShare, 0.03);
});

test('one look waits for nothing and asks only where it looks at this host', async () => {
  const live = await scanned('--settle=5s', '--ask=srvr', '--json');
  assert.equal(live.judge.settleMs, 0);
  assert.equal(live.judge.persistMs, 0);
  assert.equal(live.judge.bootstrap, false);
  assert.equal(live.output, 'json');
  assert.deepEqual(live.ask, ['srvr']);
  assert.deepEqual(live.source, { kind: 'proc', root: '/proc', live: true });

  const copy = await scanned('--proc', 'capture/', '--ask=srvr');
  assert.deepEqual(copy.source, { kind: 'proc', root: 'capture', live: false });
  assert.deepEqual(copy.ask, []);

  const listing = await scanned('--input', '-', '--ask=srvr');
  assert.deepEqual(listing.source, { kind: 'input', path: '-' });
  assert.deepEqual(listing.ask, []);
});

test('/proc/ with a slash is still this host, another proc is not', async () => {
  const slash = await scanned('--proc=/proc/');
  assert.deepEqual(slash.source, { kind: 'proc', root: '/proc', live: true });
  const other = await scanned('--proc=/proc/1');
  assert.deepEqual(other.source, { kind: 'proc', root: '/proc/1', live: false });
});

test('a copied table is never read by netlink, and an agent told to do so is refused', async () => {
  const agent = await invoke({ argv: ['--socket-source=netlink'] });
  assert.ok(agent.kind === 'serve' && agent.settings.socketSource === 'netlink');
  const copy = await invoke({ argv: ['--proc=/tmp/x'] });
  assert.ok(copy.kind === 'serve' && copy.settings.socketSource === 'proc');
  const both = await invoke({ argv: ['--proc=/tmp/x', '--socket-source=netlink'] });
  assert.ok(both.kind === 'refused');
  assert.match(both.problem, /--socket-source reads this host's own table, but --proc \/tmp\/x/);
  for (const capture of ['--proc=/tmp/x', '--input=-']) {
    const scan = await invoke({ argv: ['scan', '--socket-source=netlink', capture] });
    assert.ok(scan.kind === 'scan' && scan.settings.socketSource === 'proc', capture);
  }
  const live = await invoke({ argv: ['scan', '--socket-source=netlink'] });
  assert.ok(live.kind === 'scan' && live.settings.socketSource === 'netlink');
});

test('members are the whole ensemble, observers marked by full or first name', async () => {
  const { judge } = await served('--members=zk-0.zk,zk-1.zk,10.0.0.3', '--observers=zk-1,10.0.0.3');
  assert.deepEqual(judge.ensemble, {
    kind: 'members',
    members: [
      { name: 'zk-0.zk', literal: false, observer: false },
      { name: 'zk-1.zk', literal: false, observer: true },
      { name: '10.0.0.3', literal: true, observer: true },
    ],
  });
});

test("a service's members are named after the pod's StatefulSet", async () => {
  const { judge } = await served(
    '--service=zk.default.svc',
    '--replicas=3',
    '--first-ordinal=1',
    '--pod-name=my-zk-2',
    '--observers=my-zk-3',
  );
  assert.deepEqual(judge.ensemble, {
    kind: 'members',
    members: [1, 2, 3].map((ordinal) => ({
      name: `my-zk-${ordinal}.zk.default.svc`,
      literal: false,
      observer: ordinal === 3,
    })),
  });
});

const HOSTS = `# Kubernetes-managed hosts file.
10.244.0.3\tzk-0.zk.data.svc.cluster.local\tzk-0
`;

test('the service is taken from the hosts file where only the replicas are given', async () => {
  const invocation = await invoke({ argv: ['--replicas=2'], hosts: HOSTS });
  assert.ok(invocation.kind === 'serve');
  const { ensemble, service, identity } = invocation.settings.judge;
  assert.deepEqual(service, { from: 'hosts-file', name: 'zk' });
  assert.equal(identity.kind, 'known');
  assert.ok(ensemble.kind === 'members');
  assert.deepEqual(
    ensemble.members.map(({ name }) => name),
    ['zk-0.zk', 'zk-1.zk'],
  );
});

test('a service that is given stays as it is, and is known to differ', async () => {
  const invocation = await invoke({ argv: ['--replicas=2', '--service=zok'], hosts: HOSTS });
  assert.ok(invocation.kind === 'serve');
  assert.deepEqual(invocation.settings.judge.service, { from: 'option', name: 'zok' });
});

test("this host's files say nothing of a capture", async () => {
  const invocation = await invoke({
    argv: ['scan', '--input=-', '--service=zk', '--replicas=2'],
    hosts: HOSTS,
  });
  assert.ok(invocation.kind === 'scan');
  assert.deepEqual(invocation.settings.judge.identity, { kind: 'unknown' });
});

test('an ensemble by size counts its observers in', async () => {
  const { judge } = await served('--ensemble-size=5', '--observers=zk-3,zk-4');
  assert.deepEqual(judge.ensemble, { kind: 'size', voters: 3, observers: 2 });
});

test('a members file leaves the ensemble to be read from it', async () => {
  const { judge, membersFile } = await served('--members-file=/conf/zoo.cfg');
  assert.equal(membersFile, '/conf/zoo.cfg');
  assert.deepEqual(judge.ensemble, { kind: 'unset' });
});

test('flags outrank the environment, and the environment the file', async () => {
  const invocation = await invoke({
    argv: ['--config=f', '--settle=1s'],
    environment: { QUORUM_PROBE_SETTLE: '2s', QUORUM_PROBE_LOG_LEVEL: 'warn' },
    file: 'settle: 3s\nlog-level: error\nlisten: 4999\n',
  });
  assert.ok(invocation.kind === 'serve');
  assert.equal(invocation.settings.judge.settleMs, 1000);
  assert.equal(invocation.settings.logLevel, 'warn');
  assert.equal(invocation.settings.listen.port, 4999);
});

test('the strongest source chooses how the ensemble is given, and its parts do not leak', async () => {
  const invocation = await invoke({
    argv: ['--members=a,b,c'],
    environment: {
      QUORUM_PROBE_SERVICE: 'zk',
      QUORUM_PROBE_REPLICAS: '5',
      QUORUM_PROBE_FIRST_ORDINAL: '1',
    },
  });
  assert.ok(invocation.kind === 'serve', JSON.stringify(invocation));
  const { ensemble } = invocation.settings.judge;
  assert.ok(ensemble.kind === 'members');
  assert.deepEqual(
    ensemble.members.map(({ name }) => name),
    ['a', 'b', 'c'],
  );
});

test('the file may be named in the environment', async () => {
  const invocation = await invoke({
    environment: { QUORUM_PROBE_CONFIG: 'f' },
    file: 'members: [zk-0, zk-1, zk-2]\n',
  });
  assert.ok(invocation.kind === 'serve');
  assert.equal(invocation.settings.judge.ensemble.kind, 'members');
});

test('help and version are commands too', async () => {
  assert.deepEqual(await invoke({ argv: ['help'] }), { kind: 'help', command: null });
  assert.deepEqual(await invoke({ argv: ['help', 'scan'] }), { kind: 'help', command: 'scan' });
  for (const word of ['version', '--version', '-v']) {
    assert.deepEqual(await invoke({ argv: [word] }), { kind: 'version' });
  }
});

test('help and version win over settings that are wrong', async () => {
  const environment = { QUORUM_PROBE_SETTLE: 'soon' };
  assert.deepEqual(await invoke({ argv: ['--help'], environment }), {
    kind: 'help',
    command: null,
  });
  assert.deepEqual(await invoke({ argv: ['scan', '-h'], environment }), {
    kind: 'help',
    command: 'scan',
  });
  assert.deepEqual(await invoke({ argv: ['--version'], environment }), { kind: 'version' });
  assert.deepEqual(await invoke({ argv: ['profiles'], environment }), {
    kind: 'profiles',
    show: null,
  });
  assert.deepEqual(await invoke({ argv: ['schema'], environment }), {
    kind: 'schema',
    of: 'report',
  });
});

test('no words, variables or file make the reading reject', async () => {
  const name = fc.constantFrom(...ALL_OPTIONS.map((option) => option.name), 'help', 'x');
  const word = fc.oneof(
    fc.string(),
    name.map((flag) => `--${flag}`),
    fc.tuple(name, fc.string()).map(([flag, text]) => `--${flag}=${text}`),
    fc.constantFrom('serve', 'scan', '--', '-', '5s', '3', 'a,b,c', '--config=f'),
  );
  const variable = fc.oneof(
    fc.string(),
    name.map((flag) => `QUORUM_PROBE_${flag.toUpperCase().replaceAll('-', '_')}`),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { maxLength: 6 }),
      fc.dictionary(variable, fc.string(), { maxKeys: 3 }),
      fc.oneof(fc.string(), fc.json()),
      async (argv, environment, file) => {
        const invocation = await invoke({ argv, environment, file });
        if (invocation.kind === 'refused') assert.match(invocation.problem, /^[^\n\r\0]+$/);
      },
    ),
    { numRuns: 500 },
  );
});

test("the proxy's admin is on loopback, of either family where no address is given", async () => {
  for (const [text, expected] of [
    ['15001', { host: null, port: 15_001 }],
    ['localhost:9901', { host: null, port: 9901 }],
    ['127.0.0.2:15000', { host: '127.0.0.2', port: 15_000 }],
    ['[::1]:15000', { host: '::1', port: 15_000 }],
  ] as const) {
    assert.deepEqual((await served(`--envoy-admin=${text}`)).envoyAdmin, expected);
  }
});
