import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { start, UIDS } from './processes.ts';
import { missing, NEEDS } from './requirements.ts';
import { nothingHappened, record } from './results.ts';
import { run } from './run-command.ts';
import { collectFindings } from './scenario.ts';
import { etcd } from './systems/etcd.ts';
import { memberAt, raises } from './systems/scenarios.ts';
import {
  type Place,
  type System,
  type SystemEnsemble,
  startSystem,
  whole,
} from './systems/system.ts';
import { workspace } from './workspace.ts';

const skip = await missing(NEEDS.etcdTls);

const FOUND_MS = 120_000;
const PEER_RESTARTED_MS = 20_000;
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
/** Valid for as long as a run takes. */
const DAYS = ['-days', '2'];

const authority = (name: string): string => join(workspace().directory, `${name}.pem`);

/** Makes an authority, its key beside its certificate. */
async function makeAuthority(name: string): Promise<void> {
  const file = authority(name);
  await run('openssl', [
    ...['req', '-x509', ...KEY, ...DAYS, '-subj', `/CN=${name}`],
    ...['-keyout', `${file}.key`, '-out', file],
  ]);
}

/** Gives a member a certificate for its address, signed by this authority; it trusts the lab's own alone. */
async function certify({ directory, pod }: Place, by: string): Promise<void> {
  const at = (name: string): string => join(directory, 'tls', name);
  await mkdir(join(directory, 'tls'), { recursive: true });
  await run('openssl', [
    ...['req', ...KEY, '-new', '-subj', `/CN=${pod.name}`],
    ...['-addext', `subjectAltName=IP:${pod.address}`],
    ...['-keyout', at('key.pem'), '-out', at('request.pem')],
  ]);
  await run('openssl', [
    ...['x509', '-req', '-in', at('request.pem'), '-out', at('cert.pem'), ...DAYS],
    ...['-CA', authority(by), '-CAkey', `${authority(by)}.key`, '-CAcreateserial'],
    ...['-copy_extensions', 'copy'],
  ]);
  await run('cp', [authority('lab'), at('ca.pem')]);
  await run('chown', ['-R', `${UIDS.application}:${UIDS.application}`, join(directory, 'tls')]);
}

const secured: System = {
  ...etcd,
  label: 'etcd-tls',
  prepare: (place) => certify(place, 'lab'),
  start: ({ directory, pod, fabric }) =>
    start({
      namespace: pod.namespace,
      uid: UIDS.application,
      workingDirectory: directory,
      logFile: join(directory, 'etcd.log'),
      command: [
        'etcd',
        ...['--name', pod.name, '--data-dir', join(directory, 'data')],
        ...['--listen-peer-urls', `https://${pod.address}:2380`],
        ...['--initial-advertise-peer-urls', `https://${pod.address}:2380`],
        ...['--listen-client-urls', 'http://0.0.0.0:2379'],
        ...['--advertise-client-urls', `http://${pod.address}:2379`],
        ...['--peer-cert-file', join(directory, 'tls', 'cert.pem')],
        ...['--peer-key-file', join(directory, 'tls', 'key.pem')],
        ...['--peer-trusted-ca-file', join(directory, 'tls', 'ca.pem')],
        '--peer-client-cert-auth',
        '--initial-cluster',
        fabric.pods.map(({ name, address }) => `${name}=https://${address}:2380`).join(','),
      ],
    }),
};

describe('three members of etcd that prove to each other who they are', { skip }, () => {
  let ensemble: SystemEnsemble;

  before(async () => {
    await Promise.all(['lab', 'strange'].map(makeAuthority));
    ensemble = await startSystem(secured);
  });
  after(() => ensemble.stop());

  it('say nothing of a handshake while one of them restarts', async () => {
    const { watch, fabric } = ensemble;
    const { server } = memberAt(ensemble, 1);
    const raised = collectFindings(watch, fabric);
    const found = fabric.pods.map(({ index }) =>
      watch.when(index, PEER_RESTARTED_MS, (state) => raises(state, ['handshake-fails'])),
    );
    await server.stop('SIGKILL');
    await server.start();
    const times = await Promise.all(found);
    console.log(`a restart: findings ${raised() || 'none'}`);
    assert.deepEqual(times, [null, null, null]);
    await whole(ensemble);
  });

  it('name the one whose certificate is of another authority, and are silent once it is right', async () => {
    const { watch, fabric } = ensemble;
    const subject = memberAt(ensemble, 2);
    const raised = collectFindings(watch, fabric);
    const found = fabric.pods.map(({ index }) =>
      watch.when(index, FOUND_MS, (state) => raises(state, ['handshake-fails'])),
    );
    await certify(subject, 'strange');
    await subject.server.stop();
    await subject.server.start();
    const times = await Promise.all(found);
    console.log(`another authority: findings ${raised() || 'none'}`);
    await certify(subject, 'lab');
    await subject.server.stop();
    await subject.server.start();
    await whole(ensemble);
    const first = times.filter((ms) => ms !== null).sort((a, b) => a - b)[0];
    record({
      ...nothingHappened('etcd, TLS', 'restarted with a certificate of another authority'),
      finding: { name: 'handshake-fails', seconds: first === undefined ? null : first / 1000 },
    });
    assert.ok(
      times.slice(0, 2).some((ms) => ms !== null),
      'no survivor names it',
    );
  });
});
