import { isIP } from 'node:net';
import type { Surrounding } from '../../model/collection.ts';
import { printable } from './printable.ts';

/** A text in which members may be named. */
export interface ConfigText {
  /** The container, or the ConfigMap and its key. */
  readonly where: string;
  readonly text: string;
}

export interface NamesContext {
  readonly pods: readonly string[];
  readonly addresses: readonly string[];
  /** The StatefulSet's; `null` where it is not known. */
  readonly service: string | null;
  /** The services of the namespace; `null` where they could not be read. */
  readonly services: readonly string[] | null;
  readonly namespace: string | null;
  readonly peerPorts: readonly number[];
  /** Where the system reads who the members are. */
  readonly memberList: string;
}

/** A variable that a shell or Kubernetes fills in, before or in a name, is not known here. */
const HOST_AND_PORT = /(?<![\w.${}()[\]:-])([A-Za-z0-9][A-Za-z0-9_.-]{0,252}):(\d{1,5})(?!\d)/g;

/** Texts are of this length at most; a ConfigMap has a megabyte for all its keys. */
const LONGEST_TEXT = 1_048_576;

/** Hosts that texts name with a port between members, and that are no pod of the ensemble. */
export function strangeNames(texts: readonly ConfigText[], context: NamesContext): Surrounding[] {
  const found = texts.flatMap(({ where, text }) =>
    namesIn(text, context.peerPorts)
      .map((name) => ({ name, where, why: whyStrange(name, context) }))
      .filter((one): one is typeof one & { why: string } => one.why !== null),
  );
  const names = [...new Set(found.map(({ name }) => name))];
  if (names.length === 0) return [];
  const shown = names
    .slice(0, 3)
    .map((name) => printable(name))
    .join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return [
    {
      code: 'names-of-no-pod',
      severity: 'warning',
      headline: `the configuration names ${shown}${more}, which ${names.length === 1 ? 'is not a member' : 'are not members'} here`,
      summary: `The configuration names members that no pod has: ${shown}${more}.`,
      evidence: [
        ...new Set(found.map(({ name, where, why }) => printable(`${where}: ${name}: ${why}`))),
      ].slice(0, 8),
      cause:
        'The names were written for another StatefulSet, service or namespace, or one of them was renamed: the servers look for each other under names that DNS does not have.',
      remedy: `Correct ${context.memberList}${expectedName(context)}.`,
    },
  ];
}

function expectedName({ pods: [pod], service }: NamesContext): string {
  return pod === undefined || service === null ? '' : `; the first member is ${pod}.${service}`;
}

function namesIn(text: string, peerPorts: readonly number[]): string[] {
  const found = [...text.slice(0, LONGEST_TEXT).matchAll(HOST_AND_PORT)];
  return [
    ...new Set(
      found
        .filter(([, , port]) => peerPorts.includes(Number(port)))
        .map(([, name = '']) => name.replace(/\.$/, '')),
    ),
  ];
}

/** Why a name is none of a member of this ensemble; `null` where it is one, or may be. */
function whyStrange(
  name: string,
  { pods, addresses, service, services, namespace }: NamesContext,
): string | null {
  if (name === 'localhost' || /^(?:0\.0\.0\.0|127\.)/.test(name)) return null;
  if (isIP(name) !== 0) {
    return addresses.length < pods.length || addresses.includes(name)
      ? null
      : 'no pod has this address';
  }
  const [label = '', domain, space] = name.toLowerCase().split('.');
  if (!pods.includes(label)) {
    // A service of its own for each member is another way to name members.
    if (domain === undefined)
      return services === null || services.includes(label)
        ? null
        : 'no pod and no service has that name';
    return domain === service ? `there is no pod ${label}` : null;
  }
  if (domain === undefined)
    return service === null ? null : 'a pod is not found without its service';
  if (service !== null && domain !== service) return `its service is ${service}, not ${domain}`;
  const other = space !== undefined && space !== 'svc' && namespace !== null && space !== namespace;
  return other ? `its namespace is ${namespace}, not ${space}` : null;
}
