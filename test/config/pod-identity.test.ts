import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { podIdentityIn } from '../../src/config/pod-identity.ts';
import { isOwnService } from '../../src/model/names.ts';

/** As the kubelet of Kubernetes 1.34 wrote it into a pod. */
const HOSTS = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
10.244.0.3\tnr-0.unpub.dnst.svc.cluster.local\tnr-0
`;

const KNOWN = {
  kind: 'known',
  pod: 'nr-0',
  service: 'unpub',
  namespace: 'dnst',
  domain: 'cluster.local',
} as const;

test("the kubelet's line names the pod's service, namespace and domain", () => {
  assert.deepEqual(podIdentityIn(HOSTS, 'nr-0'), KNOWN);
  assert.deepEqual(podIdentityIn(HOSTS, 'NR-0.unpub'), KNOWN);
});

test('a pod of both families has two lines of one name', () => {
  const both = `${HOSTS}fd00::3\tnr-0.unpub.dnst.svc.cluster.local\tnr-0\n`;
  assert.deepEqual(podIdentityIn(both, 'nr-0'), KNOWN);
});

const UNKNOWN: readonly (readonly [why: string, hosts: string, podName?: string])[] = [
  ['is on the host network', HOSTS.replace('hosts file.', 'hosts file (host network).')],
  ["has a hosts file that is not the kubelet's", HOSTS.split('\n').slice(1).join('\n')],
  ['has another name', HOSTS, 'nr-1'],
  ['has no subdomain', HOSTS.replace('nr-0.unpub.dnst.svc.cluster.local\t', '')],
  ['has a full name of another shape', HOSTS.replace('.svc.', '.pod.')],
  ['has lines that disagree', `${HOSTS}10.0.0.9\tnr-0.other.dnst.svc.cluster.local\tnr-0\n`],
  ['has a name that is no host name', HOSTS.replace('unpub', 'un<b>pub')],
  ['has a name without an address', HOSTS.replace('10.244.0.3', 'ten.244.0.3')],
  ['has a full name that ends with svc', HOSTS.replace('.svc.cluster.local', '.svc')],
  ['has an empty hosts file', ''],
];

for (const [why, hosts, podName = 'nr-0'] of UNKNOWN) {
  test(`nothing is known of a pod that ${why}`, () => {
    assert.deepEqual(podIdentityIn(hosts, podName), { kind: 'unknown' });
  });
}

test("the entries of the pod's author say nothing of who the pod is", () => {
  const alias = '10.9.9.9\tnr-0.mine.dnst.svc.cluster.local\tnr-0\n';
  assert.deepEqual(
    podIdentityIn(`${HOSTS}\n# Entries added by HostAliases.\n${alias}`, 'nr-0'),
    KNOWN,
  );
});

test('whatever the file holds, what is taken from it are host names of its own line', () => {
  const line = fc.oneof(
    fc.constantFrom(...HOSTS.split('\n')),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.tuple(fc.ipV4(), fc.domain(), fc.string()).map((fields) => fields.join('\t')),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      const text = ['# Kubernetes-managed hosts file.', ...lines].join('\n');
      const identity = podIdentityIn(text, 'nr-0');
      if (identity.kind === 'unknown') return;
      assert.match(
        `${identity.pod}.${identity.service}.${identity.namespace}.${identity.domain}`,
        /^[a-z0-9_.-]+$/,
      );
      assert.ok(text.toLowerCase().includes(`nr-0.${identity.service}.${identity.namespace}.svc.`));
    }),
  );
});

test('a service is the own one in every spelling that says no other thing', () => {
  for (const own of [
    'unpub',
    'unpub.dnst',
    'unpub.dnst.svc',
    'unpub.dnst.svc.cluster.local',
    'UNPUB.',
  ]) {
    assert.equal(isOwnService(own, KNOWN), true, own);
  }
  for (const other of ['un', 'unpub.default', 'unpub.dnst.svc.example.org', 'dnst', '']) {
    assert.equal(isOwnService(other, KNOWN), false, other);
  }
});
