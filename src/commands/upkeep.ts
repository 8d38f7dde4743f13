import { namesToLookUp } from '../assess/quorum/members.ts';
import type { CertificateEdges, CertificateWatch } from '../evidence/certificate.ts';
import type { InterfaceWatch } from '../evidence/interfaces.ts';
import { watchMembersFile } from '../evidence/members-file.ts';
import { clusterLookup, type NamesWatch, watchNames } from '../evidence/names.ts';
import type { ScanError } from '../model/agent-view.ts';
import type { Ensemble, ServeCommand } from '../model/settings.ts';

/** How often members and names are looked after; each has its own pace beyond that. */
const UPKEEP_MS = 1_000;

export interface Upkeep {
  readonly ensemble: () => Ensemble;
  readonly names: NamesWatch['answers'];
  readonly certificate: CertificateWatch['certificate'];
  readonly refreshNames: () => void;
  /** Begins; `isWaiting` tells whether the member is not ready. */
  start(isWaiting: () => boolean): void;
  stop(): void;
}

/**
 * Keeps up, off the scan path, what judging needs besides the socket table: the file of members, their
 * names, the certificate, the interfaces' description. Rejects where a file cannot be understood at the start.
 */
export async function keepUp(
  { membersFile, certificateFile, judge, givenPorts }: ServeCommand,
  interfaces: InterfaceWatch,
  clock: () => number,
  onTrouble: (error: ScanError, what: string, reason: string) => void,
): Promise<Upkeep> {
  const members =
    membersFile === null
      ? { ensemble: () => judge.ensemble, poll: () => Promise.resolve() }
      : await watchMembersFile(membersFile, judge.podName, {
          clock,
          profile: judge.profile,
          givenPorts,
          onTrouble: (reason) => onTrouble('members-file-unreadable', 'members file', reason),
        });
  const certificate = await certificateOf(certificateFile, {
    clock,
    onTrouble: (reason) => onTrouble('certificate-unreadable', 'certificate', reason),
  });
  const names = watchNames({
    lookup: clusterLookup(judge.identity),
    clock,
    onFailure: (name, reason) => onTrouble('names-failed', `name ${name}`, reason),
  });
  let urgent = false;
  let timer: NodeJS.Timeout | null = null;

  function once(isWaiting: boolean): void {
    void members.poll();
    void certificate.poll();
    void names.poll(namesToLookUp(members.ensemble()), isWaiting, urgent);
    urgent = false;
    interfaces.describe().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      onTrouble('interfaces-unreadable', 'interfaces', reason);
    });
  }

  return {
    ensemble: members.ensemble,
    names: names.answers,
    certificate: certificate.certificate,
    refreshNames() {
      urgent = true;
    },
    start(isWaiting) {
      once(isWaiting());
      timer = setInterval(() => once(isWaiting()), UPKEEP_MS);
    },
    stop() {
      if (timer !== null) clearInterval(timer);
    },
  };
}

/** What reads certificates is loaded only where there is one to read. */
async function certificateOf(
  path: string | null,
  edges: CertificateEdges,
): Promise<CertificateWatch> {
  if (path === null) return { certificate: () => null, poll: () => Promise.resolve() };
  const { watchCertificate } = await import('../evidence/certificate.ts');
  return watchCertificate(path, edges);
}
