import type { MeshKind } from '../model/link.ts';
import { MESH_KINDS } from '../model/link.ts';
import type { Asked, SocketSourceName } from '../model/settings.ts';
import { COLORS, LOG_LEVELS, OUTPUTS } from '../model/settings.ts';
import { DEFAULT_PROFILE } from '../profiles/index.ts';
import { parsePodAddress } from './addresses.ts';
import { hostKey, parseHost, parseServiceName } from './hosts.ts';
import { parseEnvoyAdmin, parseListen } from './listen.ts';
import { portOverride } from './ports.ts';
import { parseRunbookUrl } from './runbook-url.ts';
import {
  count,
  duration,
  flag,
  list,
  oneOf,
  scalar,
  share,
  text,
  type ValueType,
} from './values.ts';

/** The commands that run with settings. */
export type RunCommand = 'serve' | 'scan';

export const GROUPS = [
  'Output',
  'Source',
  'Ensemble',
  'This pod',
  'Judging',
  'Serving',
  'Scanning',
] as const;

/** One setting: help, parsing, the variable's name, the file's key and the documentation all come from it. */
export interface Option<T = unknown, Default extends string | null = string | null> {
  readonly name: string;
  /** What stands for the value in help; `null` for a flag that is set by being there. */
  readonly value: string | null;
  readonly type: ValueType<T>;
  /** As text, in the way that a user would write it. */
  readonly default: Default;
  readonly help: string;
  /** The commands on which it has an effect. */
  readonly commands: readonly RunCommand[];
  readonly group: (typeof GROUPS)[number];
}

const BOTH: readonly RunCommand[] = ['serve', 'scan'];
const SERVE: readonly RunCommand[] = ['serve'];
const SCAN: readonly RunCommand[] = ['scan'];

const ASKED: readonly Asked[] = ['srvr', 'envoy', 'peers'];
const KNOWN_MESHES: readonly MeshKind[] = MESH_KINDS.filter((kind) => kind !== 'unknown');

/** More members than any of these systems is run with; it bounds what is kept and served per member. */
const MOST_MEMBERS = 1000;

const SOCKET_SOURCES: readonly SocketSourceName[] = ['auto', 'proc', 'netlink'];

const option = <T, Default extends string | null>(one: Option<T, Default>): Option<T, Default> =>
  one;

export const OPTIONS = {
  output: option({
    name: 'output',
    value: OUTPUTS.join('|'),
    type: scalar(oneOf(OUTPUTS)),
    default: 'table',
    help: 'What to print: a table for people, the report as JSON, or one line for each problem. -o for short.',
    commands: SCAN,
    group: 'Output',
  }),
  json: option({
    name: 'json',
    value: null,
    type: flag,
    default: 'false',
    help: 'The same as --output json.',
    commands: SCAN,
    group: 'Output',
  }),
  color: option({
    name: 'color',
    value: COLORS.join('|'),
    type: scalar(oneOf(COLORS)),
    default: 'auto',
    help: 'Whether to use colors: auto uses them on a terminal, unless NO_COLOR is set.',
    commands: SCAN,
    group: 'Output',
  }),
  proc: option({
    name: 'proc',
    value: 'DIR',
    type: text,
    default: '/proc',
    help: 'The proc file system, or for scan a copy of it that has net/tcp. With a copy, nothing of this host is used and nothing is asked.',
    commands: BOTH,
    group: 'Source',
  }),
  socketSource: option({
    name: 'socket-source',
    value: 'auto|proc|netlink',
    type: scalar(oneOf(SOCKET_SOURCES)),
    default: 'auto',
    help: 'How the socket table is read. auto begins with /proc and changes to netlink, which is cheaper and has more data for each link, once both agree. A copied table is never read by netlink.',
    commands: BOTH,
    group: 'Source',
  }),
  input: option({
    name: 'input',
    value: 'FILE|-',
    type: text,
    default: null,
    help: 'Scan a listing of netstat, ss, lsof or /proc/net/tcp instead; - is standard input.',
    commands: SCAN,
    group: 'Source',
  }),
  ensemble: option({
    name: 'ensemble',
    value: null,
    type: flag,
    default: 'false',
    help: "Ask the other members' probes too, and show the state of the ensemble and every link. The exit code is 0 only if the ensemble is whole.",
    commands: SCAN,
    group: 'Source',
  }),
  allowDegraded: option({
    name: 'allow-degraded',
    value: null,
    type: flag,
    default: 'false',
    help: 'With --ensemble, exit with 0 while there is a quorum, even if a member or a link is missing.',
    commands: SCAN,
    group: 'Source',
  }),
  config: option({
    name: 'config',
    value: 'FILE',
    type: text,
    default: null,
    help: 'A YAML file with any of these options as keys.',
    commands: BOTH,
    group: 'Source',
  }),
  profile: option({
    name: 'profile',
    value: 'NAME',
    type: text,
    default: DEFAULT_PROFILE,
    help: 'The clustered system; "quorum-probe profiles" lists them. For scan also auto: by the ports that listen, and an error if they do not show it.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  profileFile: option({
    name: 'profile-file',
    value: 'FILE',
    type: text,
    default: null,
    help: 'Your own profile, in YAML; "quorum-probe profiles --show NAME" prints one to start from.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  members: option({
    name: 'members',
    value: 'LIST',
    type: list(parseHost, (host) => hostKey(host.name)),
    default: null,
    help: 'The whole ensemble, including this member and observers, as names or addresses.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  membersFile: option({
    name: 'members-file',
    value: 'FILE',
    type: text,
    default: null,
    help: 'Take the ensemble from the server.N= lines of zoo.cfg or its dynamic file, which is read again when it changes.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  service: option({
    name: 'service',
    value: 'NAME',
    type: scalar(parseServiceName),
    default: null,
    help: "The StatefulSet's headless service; with --replicas it gives the members' names. By default the one in the pod's /etc/hosts.",
    commands: BOTH,
    group: 'Ensemble',
  }),
  replicas: option({
    name: 'replicas',
    value: 'N',
    type: count(1, MOST_MEMBERS),
    default: null,
    help: "The StatefulSet's replicas, including observers; with the service they give the members' names.",
    commands: BOTH,
    group: 'Ensemble',
  }),
  firstOrdinal: option({
    name: 'first-ordinal',
    value: 'K',
    type: count(0, 2_147_483_647),
    default: '0',
    help: "The first pod's number: ordinals.start of the StatefulSet.",
    commands: BOTH,
    group: 'Ensemble',
  }),
  ensembleSize: option({
    name: 'ensemble-size',
    value: 'N',
    type: count(1, MOST_MEMBERS),
    default: null,
    help: 'The number of members, including observers, if their names are not known.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  observers: option({
    name: 'observers',
    value: 'LIST',
    type: list(parseHost, (host) => hostKey(host.name)),
    default: null,
    help: 'The members that have no vote.',
    commands: BOTH,
    group: 'Ensemble',
  }),
  serverUid: option({
    name: 'server-uid',
    value: 'UID[,UID]',
    type: list((text) => count(0, 4_294_967_294).parse(text), String),
    default: null,
    help: 'The uids that the server runs as; by default the owner of its listeners. Sockets of other users on the watched ports are ignored.',
    commands: BOTH,
    group: 'This pod',
  }),
  podName: option({
    name: 'pod-name',
    value: 'NAME',
    type: scalar((text) => parseHost(text).name),
    default: null,
    help: "This pod's name, to find it among the members; by default the host name.",
    commands: BOTH,
    group: 'This pod',
  }),
  podIp: option({
    name: 'pod-ip',
    value: 'LIST',
    type: list(parsePodAddress, (address) => address),
    default: null,
    help: "The pod's addresses; by default those of its interfaces, or those in a captured table.",
    commands: BOTH,
    group: 'This pod',
  }),
  ports: option({
    name: 'ports',
    value: 'ROLE=PORT[+PORT],…',
    type: portOverride,
    default: null,
    help: "Ports that differ from the profile's, by role: client=2281,quorum=2889.",
    commands: BOTH,
    group: 'This pod',
  }),
  mesh: option({
    name: 'mesh',
    value: 'auto|none|KIND',
    type: scalar(oneOf<'auto' | MeshKind>(['auto', ...KNOWN_MESHES])),
    default: 'auto',
    help: `The service mesh, if its listeners do not show it: ${KNOWN_MESHES.filter((kind) => kind !== 'none').join(', ')}.`,
    commands: BOTH,
    group: 'This pod',
  }),
  settle: option({
    name: 'settle',
    value: 'TIME',
    type: duration('0s', '60m'),
    default: '5s',
    help: 'How long the quorum link must hold before the member is reported as ready.',
    commands: SERVE,
    group: 'Judging',
  }),
  bootstrap: option({
    name: 'bootstrap',
    value: 'true|false',
    type: flag,
    default: 'true',
    help: 'Report ready without a quorum, before the first one and for at most ten minutes, while DNS does not publish unready pods and waiting for peers would be a deadlock.',
    commands: SERVE,
    group: 'Judging',
  }),
  leaderServes: option({
    name: 'leader-serves',
    value: 'yes|no',
    type: scalar(oneOf<'yes' | 'no'>(['yes', 'no'])),
    default: null,
    help: 'Whether a leader serves clients, as in leaderServes of zoo.cfg; with no, a leader is ready although it says that it does not serve. By default as in the members file, or yes.',
    commands: BOTH,
    group: 'Judging',
  }),
  ask: option({
    name: 'ask',
    value: 'LIST',
    type: list(oneOf(ASKED), (asked) => asked),
    default: null,
    help: `What to ask over the network: ${ASKED.join(', ')}. By default nothing.`,
    commands: BOTH,
    group: 'Judging',
  }),
  envoyAdmin: option({
    name: 'envoy-admin',
    value: '[HOST:]PORT',
    type: scalar(parseEnvoyAdmin),
    default: '15000',
    help: "The mesh proxy's admin interface, for --ask envoy: Istio's proxyAdminPort, on 127.0.0.1 or ::1.",
    commands: BOTH,
    group: 'Judging',
  }),
  certificate: option({
    name: 'certificate',
    value: 'FILE',
    type: text,
    default: null,
    help: "The server's certificate with its chain in PEM form, such as a Secret's tls.crt, never a key: when it expires is a metric, and a finding ahead of it.",
    commands: SERVE,
    group: 'Judging',
  }),
  listen: option({
    name: 'listen',
    value: '[HOST:]PORT',
    type: scalar(parseListen),
    default: '4888',
    help: 'Where to serve; on all addresses if there is no host.',
    commands: SERVE,
    group: 'Serving',
  }),
  listenHealth: option({
    name: 'listen-health',
    value: '[HOST:]PORT',
    type: scalar(parseListen),
    default: null,
    help: 'Where to serve what the kubelet asks as well: /livez, /readyz, /healthz and /stop-allowed, on a listener of their own.',
    commands: SERVE,
    group: 'Serving',
  }),
  webConfig: option({
    name: 'web-config',
    value: 'FILE',
    type: text,
    default: null,
    help: 'TLS and basic authentication on --listen, in the format of Prometheus exporters, read again when it changes.',
    commands: SERVE,
    group: 'Serving',
  }),
  peerClientConfig: option({
    name: 'peer-client-config',
    value: 'FILE',
    type: text,
    default: null,
    help: "How the other members' probes are asked: tls_config and basic_auth, as Prometheus has them for a scrape.",
    commands: BOTH,
    group: 'Judging',
  }),
  logLevel: option({
    name: 'log-level',
    value: 'LEVEL',
    type: scalar(oneOf(LOG_LEVELS)),
    default: 'info',
    help: `The least severe level to log: ${LOG_LEVELS.join(', ')}.`,
    commands: SERVE,
    group: 'Serving',
  }),
  runbookUrl: option({
    name: 'runbook-url',
    value: 'URL',
    type: scalar(parseRunbookUrl),
    default: null,
    help: 'Where your copy of the runbook is: findings on the status page link to URL#code.',
    commands: SERVE,
    group: 'Serving',
  }),
  scanHintInterval: option({
    name: 'scan-hint-interval',
    value: 'TIME',
    type: duration('10ms', '30s'),
    default: '250ms',
    help: 'How often the cheap counters that show a change are read.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanMinInterval: option({
    name: 'scan-min-interval',
    value: 'TIME',
    type: duration('10ms', '30s'),
    default: '1s',
    help: 'The shortest time between scans while things change.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanMaxInterval: option({
    name: 'scan-max-interval',
    value: 'TIME',
    type: duration('10ms', '30s'),
    default: '5s',
    help: 'The longest time between scans while nothing changes.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanIntervalCap: option({
    name: 'scan-interval-cap',
    value: 'TIME',
    // Liveness wants a scan in every 60 s, so that a slower one must still fit twice.
    type: duration('10ms', '30s'),
    default: '15s',
    help: 'The longest time between scans, however expensive they are; a report twice as old is stale.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanConfirmDelay: option({
    name: 'scan-confirm-delay',
    value: 'TIME',
    type: duration('10ms', '30s'),
    default: '200ms',
    help: 'How soon a second scan confirms one that makes the verdict worse.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanSlice: option({
    name: 'scan-slice',
    value: 'TIME',
    type: duration('0.1ms', '1s'),
    default: '4ms',
    help: 'How long one slice of a scan may block the event loop.',
    commands: BOTH,
    group: 'Scanning',
  }),
  scanBusyShare: option({
    name: 'scan-busy-share',
    value: 'PERCENT',
    type: share,
    default: '2%',
    help: 'The share of one core that scans may use while things change.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanIdleShare: option({
    name: 'scan-idle-share',
    value: 'PERCENT',
    type: share,
    default: '0.4%',
    help: 'The share of one core that scans may use while nothing changes.',
    commands: SERVE,
    group: 'Scanning',
  }),
  scanRowCap: option({
    name: 'scan-row-cap',
    value: 'N',
    type: count(1, 50_000),
    default: '4096',
    help: 'The maximum number of connection rows kept from one scan.',
    commands: BOTH,
    group: 'Scanning',
  }),
};

export const ALL_OPTIONS: readonly Option[] = Object.values(OPTIONS);

export const VARIABLE_PREFIX = 'QUORUM_PROBE_';

/** The environment variable that sets an option. */
export function variableOf(option: Option): string {
  return VARIABLE_PREFIX + option.name.toUpperCase().replaceAll('-', '_');
}
