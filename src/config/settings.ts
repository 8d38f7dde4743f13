import { posix } from 'node:path';
import { UNKNOWN_POD } from '../model/names.ts';
import { OWN_WORDS, type Profile } from '../model/profile.ts';
import type {
  Asked,
  OutputForm,
  ScanCommand,
  ScanSettings,
  ScanSource,
  ServeCommand,
  SocketSourceName,
} from '../model/settings.ts';
import { withPorts } from '../profiles/index.ts';
import { ensembleFrom } from './ensemble.ts';
import { listenSettings } from './listen-settings.ts';
import { OPTIONS, type Option } from './options.ts';
import { podIdentityIn } from './pod-identity.ts';
import { checkPorts } from './ports.ts';
import { Problem } from './problem.ts';
import {
  blaming,
  type GivenSettings,
  givenIn,
  keepStrongest,
  valueIn,
  whereOf,
} from './sources.ts';

/** How long the agent lets a queue, unread bytes or a missing peer stand before it counts. */
const PERSIST_MS = 10_000;

/** What is known of the place where the program runs. */
export interface Place {
  readonly hostname: string;
  /** The text of the pod's /etc/hosts, or `null` where it cannot be had. */
  readonly hostsFile: () => string | null;
}

/** What `serve` runs with; throws a Problem for values that are wrong or contradict each other. */
export function serveCommand(
  settings: GivenSettings,
  place: Place,
  profile: Profile,
): ServeCommand {
  const procRoot = directory(valueIn(settings, OPTIONS.proc));
  const shared = sharedSettings(settings, place, profile, true);
  return {
    ...shared,
    judge: {
      ...shared.judge,
      settleMs: valueIn(settings, OPTIONS.settle),
      persistMs: PERSIST_MS,
      bootstrap: valueIn(settings, OPTIONS.bootstrap),
    },
    socketSource: servedSource(settings, procRoot),
    ask: asked(settings, profile),
    procRoot,
    certificateFile: givenIn(settings, OPTIONS.certificate),
  };
}

/** What `scan` runs with: one look judges what it sees, so nothing must persist or settle first. */
export function scanCommand(settings: GivenSettings, place: Place, profile: Profile): ScanCommand {
  const source = scanSource(keepStrongest(settings, [OPTIONS.proc, OPTIONS.input]));
  const live = source.kind === 'proc' && source.live;
  const shared = sharedSettings(settings, place, profile, live);
  // What has no effect on one look must be right all the same: the arguments are often the agent's own.
  valueIn(settings, OPTIONS.settle);
  valueIn(settings, OPTIONS.bootstrap);
  const ask = asked(settings, profile);
  const socketSource = valueIn(settings, OPTIONS.socketSource);
  return {
    ...shared,
    judge: {
      ...shared.judge,
      // A capture is of another host: this one's name says nothing of it.
      podName: live ? shared.judge.podName : (givenIn(settings, OPTIONS.podName) ?? 'captured'),
      settleMs: 0,
      persistMs: 0,
      bootstrap: false,
    },
    socketSource: live ? socketSource : 'proc',
    ask: live ? ask : [],
    output: outputForm(settings),
    color: valueIn(settings, OPTIONS.color),
    ensemble: wantsEnsemble(settings, live),
    allowDegraded: allowsDegraded(settings),
    source,
  };
}

function outputForm(given: GivenSettings): OutputForm {
  const settings = keepStrongest(given, [OPTIONS.output, OPTIONS.json]);
  return valueIn(settings, OPTIONS.json) ? 'json' : valueIn(settings, OPTIONS.output);
}

function wantsEnsemble(settings: GivenSettings, live: boolean): boolean {
  const wanted = valueIn(settings, OPTIONS.ensemble);
  if (wanted && outputForm(settings) === 'short') {
    throw new Problem(
      `${whereOf(settings, OPTIONS.output)} short shows this member only; leave out --ensemble`,
    );
  }
  if (wanted && !live) {
    throw new Problem(
      `${whereOf(settings, OPTIONS.ensemble)} asks the members' probes, which is not possible with a capture; leave out --proc and --input`,
    );
  }
  return wanted;
}

function allowsDegraded(settings: GivenSettings): boolean {
  const allowed = valueIn(settings, OPTIONS.allowDegraded);
  if (allowed && !valueIn(settings, OPTIONS.ensemble)) {
    throw new Problem(`${whereOf(settings, OPTIONS.allowDegraded)} requires --ensemble; add it`);
  }
  return allowed;
}

/** `live` is false for a capture, of which this host's files say nothing. */
function sharedSettings(settings: GivenSettings, place: Place, profile: Profile, live: boolean) {
  const podName = givenIn(settings, OPTIONS.podName) ?? place.hostname;
  const hosts = live ? place.hostsFile() : null;
  const identity = hosts === null ? UNKNOWN_POD : podIdentityIn(hosts, podName);
  const { ensemble, membersFile, service } = ensembleFrom(settings, podName, identity);
  return {
    judge: {
      profile: withOwnPorts(settings, profile),
      ensemble,
      podName,
      identity,
      service,
      leaderServes: leaderServes(settings),
      mesh: valueIn(settings, OPTIONS.mesh),
      serverUids: givenIn(settings, OPTIONS.serverUid) ?? [],
    },
    podAddresses: givenIn(settings, OPTIONS.podIp),
    membersFile,
    givenPorts: [...(givenIn(settings, OPTIONS.ports)?.keys() ?? [])],
    scan: scanSettings(settings),
    envoyAdmin: valueIn(settings, OPTIONS.envoyAdmin),
    ...listenSettings(settings),
    peerClientConfig: givenIn(settings, OPTIONS.peerClientConfig),
    logLevel: valueIn(settings, OPTIONS.logLevel),
    runbookUrl: givenIn(settings, OPTIONS.runbookUrl),
  };
}

/** Refuses a question to the server that its system does not know. */
function asked(settings: GivenSettings, { name, ownWord }: Profile): readonly Asked[] {
  const given = givenIn(settings, OPTIONS.ask) ?? [];
  const foreign = OWN_WORDS.find((word) => given.includes(word) && word !== ownWord);
  if (foreign === undefined) return given;
  const others = given.filter((source) => source !== foreign);
  throw new Problem(
    `${whereOf(settings, OPTIONS.ask)}: a server of the profile ${name} does not answer ${foreign}; ${others.length === 0 ? 'remove the option' : `write ${others.join(',')}`}`,
  );
}

function leaderServes(settings: GivenSettings): boolean | null {
  const given = givenIn(settings, OPTIONS.leaderServes);
  return given === null ? null : given === 'yes';
}

function withOwnPorts(settings: GivenSettings, profile: Profile): Profile {
  const override = givenIn(settings, OPTIONS.ports);
  if (override === null) return profile;
  blaming(whereOf(settings, OPTIONS.ports), () => checkPorts(profile, override));
  return withPorts(profile, override);
}

function scanSettings(settings: GivenSettings): ScanSettings {
  inOrder(settings, [
    OPTIONS.scanHintInterval,
    OPTIONS.scanMinInterval,
    OPTIONS.scanMaxInterval,
    OPTIONS.scanIntervalCap,
  ]);
  inOrder(settings, [OPTIONS.scanIdleShare, OPTIONS.scanBusyShare]);
  return {
    hintIntervalMs: valueIn(settings, OPTIONS.scanHintInterval),
    minIntervalMs: valueIn(settings, OPTIONS.scanMinInterval),
    maxIntervalMs: valueIn(settings, OPTIONS.scanMaxInterval),
    intervalCapMs: valueIn(settings, OPTIONS.scanIntervalCap),
    confirmDelayMs: valueIn(settings, OPTIONS.scanConfirmDelay),
    sliceMs: valueIn(settings, OPTIONS.scanSlice),
    busyShare: valueIn(settings, OPTIONS.scanBusyShare),
    idleShare: valueIn(settings, OPTIONS.scanIdleShare),
    rowCap: valueIn(settings, OPTIONS.scanRowCap),
  };
}

/** Refuses figures of which an earlier one exceeds the next. */
function inOrder(settings: GivenSettings, options: readonly Option<number, string>[]): void {
  options.slice(1).forEach((larger, index) => {
    const smaller = options[index];
    if (smaller === undefined || valueIn(settings, smaller) <= valueIn(settings, larger)) return;
    throw new Problem(
      `${figure(settings, smaller)} exceeds ${figure(settings, larger)}; lower the first or raise the second`,
    );
  });
}

function figure(settings: GivenSettings, option: Option<number, string>): string {
  const given = settings.get(option.name);
  return given === undefined
    ? `--${option.name} (${option.default} unless given)`
    : `${given.where} (${given.text.trim()})`;
}

/** What a scan reads. */
export function scanSource(settings: GivenSettings): ScanSource {
  const input = givenIn(settings, OPTIONS.input);
  if (input !== null) return { kind: 'input', path: input };
  const root = directory(valueIn(settings, OPTIONS.proc));
  return { kind: 'proc', root, live: isLive(root) };
}

/** Whether a folder is this host's own proc file system. */
function isLive(root: string): boolean {
  return root === OPTIONS.proc.default;
}

/** Netlink shows this network namespace, which a copied table is not of. */
function servedSource(settings: GivenSettings, procRoot: string): SocketSourceName {
  const source = valueIn(settings, OPTIONS.socketSource);
  if (isLive(procRoot)) return source;
  if (source === 'netlink') {
    throw new Problem(
      `${whereOf(settings, OPTIONS.socketSource)} reads this host's own table, but --proc ${procRoot} is another one; leave out one of them`,
    );
  }
  return 'proc';
}

function directory(text: string): string {
  const normal = posix.normalize(text);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}
