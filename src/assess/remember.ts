import { ownerName } from '../links/server-owner.ts';
import type { Folded, ServerOwner } from '../model/link.ts';
import type { Profile } from '../model/profile.ts';
import type { Readiness } from '../model/readiness.ts';
import { unmatchedVotes } from './findings/unmatched.ts';
import { linksWithPeers } from './quorum/link-index.ts';
import { isUsable, type Persistence } from './quorum/peer-links.ts';
import { placedAddresses } from './quorum/unmatched.ts';
import type { Bootstrap } from './readiness/bootstrap.ts';
import { peerRoles } from './report/ports.ts';
import type { CounterSample, Memory, Observation } from './scene/observation.ts';
import type { Scene } from './scene/scene.ts';

/** What was judged of readiness at one scan. */
export interface Readied {
  readonly readiness: Readiness;
  readonly bootstrapping: Bootstrap;
  /** Ready by the bootstrap rule alone. */
  readonly bootstrap: boolean;
}

/** What the next scan is judged with. */
export function remember(
  before: Memory,
  now: Omit<Scene, 'bootstrap'> & Readied & Pick<Memory, 'queues' | 'hearing' | 'troubles'>,
): Memory {
  const { settings, observation, folded, standing, persistence } = now;
  const isIn = standing.inQuorum.kind === 'in';
  return {
    held: persistence.held,
    troubles: now.troubles,
    queues: now.queues,
    hearing: now.hearing,
    traffic: now.traffic,
    lived: now.lived,
    samples: keepSamples(before.samples, observation),
    unmatched: unmatchedVotes(standing) > 0 || (before.unmatched && !isIn),
    named: now.named,
    placed: placedAddresses(folded, now.members, before.placed),
    proxyOwner: ownerName(folded.mesh.proxyOwner),
    serverOwners: learnedOwners(folded.owner, before.serverOwners),
    trustedOwners: trustedOwners(folded.owner, before.trustedOwners, now.readiness),
    everInQuorum: before.everInQuorum || isIn,
    bootstrap: now.bootstrapping,
    everLinked: before.everLinked || anyCarries(folded, settings.profile, persistence),
    readiness: now.readiness,
  };
}

function learnedOwners(owner: ServerOwner, before: readonly string[]): readonly string[] {
  return owner.kind === 'known' && owner.by === 'link' ? [...owner.names] : before;
}

/** The first owner of connections that readiness was rested on, where the listeners are root's. */
function trustedOwners(
  owner: ServerOwner,
  before: readonly string[],
  { kind }: Readiness,
): readonly string[] {
  const rests = before.length === 0 && kind === 'ready';
  return rests && owner.kind === 'unproven' && owner.trusted ? [...owner.others] : before;
}

/** Whether a link with another member carries, on any port between members. */
function anyCarries(folded: Folded, profile: Profile, persistence: Persistence): boolean {
  return peerRoles(profile).some((role) =>
    linksWithPeers(folded, role).some((link) => isUsable(link, persistence)),
  );
}

const SAMPLES_FOR_MS = 120_000;
const SAMPLES_APART_MS = 2000;

function keepSamples(
  samples: readonly CounterSample[],
  { nowMs, counters }: Observation,
): CounterSample[] {
  const recent = samples.filter((sample) => nowMs - sample.atMs <= SAMPLES_FOR_MS);
  const newest = recent.at(-1);
  if (newest !== undefined && nowMs - newest.atMs < SAMPLES_APART_MS) return recent;
  return [...recent, { atMs: nowMs, counters }];
}
