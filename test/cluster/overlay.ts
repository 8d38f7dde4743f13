import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { IMAGES } from './images.ts';
import { kubectl, kubectlIn } from './kubernetes.ts';

const deploy = join(import.meta.dirname, '../../deploy');
const example = join(deploy, 'examples/zookeeper');

/** One operation of a JSON patch (RFC 6902). */
export type Operation = Readonly<Record<string, unknown>>;

export interface Overlay {
  /** Components of `deploy/` in place of the example's own two, `observe` and `gate`. */
  readonly components?: readonly string[];
  /** Patches of the StatefulSet, after the one that lets all members run on one node. */
  readonly statefulSet?: readonly Operation[];
  /** Variables of the probe's container, in place of its own or beside them. */
  readonly probe?: Readonly<Record<string, string>>;
  /** Fields of the pods' specification, merged into it. */
  readonly pod?: object;
  /** Patches of the headless service. */
  readonly headless?: readonly Operation[];
  /** Changes the text of `zoo.cfg`; only where `components` are named. */
  readonly zooCfg?: (text: string) => string;
}

/** What a server asks of a processor, which two cores have for three ensembles at once. */
const CPU = '50m';

/** Nothing but this stands between the example and a cluster of one node. */
const ONE_NODE: Operation = { op: 'remove', path: '/spec/template/spec/affinity' };

/** The ZooKeeper example as a user's overlay makes it. */
export function renderExample(overlay: Overlay = {}): Promise<string> {
  return withFolder((folder) => {
    const { components } = overlay;
    const isGated = components?.some((component) => component.endsWith('gate')) ?? false;
    const resources =
      overlay.components === undefined
        ? { resources: [relative(folder, example)] }
        : exampleWith(folder, overlay.components, overlay.zooCfg);
    const patches = [
      ...(isGated ? [{ path: 'server-readiness.yaml' }] : []),
      patch({ kind: 'StatefulSet' }, [ONE_NODE, ...(overlay.statefulSet ?? [])]),
      merge({
        ...overlay.pod,
        containers: [{ name: 'zookeeper', resources: { requests: { cpu: CPU } } }],
      }),
      ...(overlay.probe === undefined ? [] : [merge(withVariables(overlay.probe))]),
      ...(overlay.headless === undefined
        ? []
        : [patch({ kind: 'Service', name: 'zookeeper-headless' }, overlay.headless)]),
    ];
    return { ...resources, patches };
  });
}

/** A StatefulSet of one's own with a component of `deploy/`. */
export function renderComponent(statefulSet: unknown, component: string): Promise<string> {
  return withFolder((folder) => {
    writeFileSync(join(folder, 'statefulset.yaml'), stringify(statefulSet));
    const components = [relative(folder, join(deploy, component))];
    return { resources: ['statefulset.yaml'], components };
  });
}

/** Applies a rendered text in a namespace. */
export async function apply(namespace: string, text: string): Promise<void> {
  await kubectlIn(namespace, ['apply', '--filename=-'], text);
}

function patch(target: object, operations: readonly Operation[]): object {
  return { target, patch: JSON.stringify(operations) };
}

/** A strategic merge patch of the pods' specification. */
function merge(pod: object): object {
  const set = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'any' } };
  const target = { kind: 'StatefulSet' };
  return { target, patch: JSON.stringify({ ...set, spec: { template: { spec: pod } } }) };
}

function withVariables(variables: Readonly<Record<string, string>>): object {
  const env = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return { containers: [{ name: 'quorum-probe', env }] };
}

const kustomization = z.looseObject({ resources: z.array(z.string()) });

/** The example's files with other components, since a kustomization cannot take one away. */
function exampleWith(
  folder: string,
  components: readonly string[],
  zooCfg: (text: string) => string = (text) => text,
): { resources: readonly string[] } & Record<string, unknown> {
  cpSync(example, folder, { recursive: true });
  const { resources } = kustomization.parse(
    parse(readFileSync(join(example, 'kustomization.yaml'), 'utf8')),
  );
  const configuration = join(folder, 'zoo.cfg');
  writeFileSync(configuration, zooCfg(readFileSync(configuration, 'utf8')));
  return {
    resources,
    components: components.map((component) => relative(folder, join(deploy, component))),
    configMapGenerator: [{ name: 'zookeeper', files: ['zoo.cfg'] }],
  };
}

async function withFolder(fill: (folder: string) => object): Promise<string> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'quorum-probe-overlay-')));
  try {
    const [, newName = '', newTag = ''] = /^(.*):([^:/]*)$/.exec(IMAGES.probe) ?? [];
    const images = [{ name: 'quorum-probe', newName, newTag }];
    writeFileSync(join(folder, 'kustomization.yaml'), stringify({ ...fill(folder), images }));
    return await kubectl(['kustomize', folder]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
