import type { Finding } from '../../model/report.ts';
import type { Scene } from '../scene/scene.ts';
import { addressFindings } from './addresses.ts';
import { askedFindings } from './asked.ts';
import { bootstrapFindings } from './bootstrap.ts';
import { certificateFindings } from './certificate.ts';
import { churnFindings } from './churn.ts';
import { type Diagnosis, toFindings } from './finding.ts';
import { handshakeFindings } from './handshake.ts';
import { linkFindings } from './links.ts';
import { meshFindings } from './mesh.ts';
import { missingFindings } from './missing.ts';
import { nameFindings } from './names.ts';
import { ownerFindings } from './owners.ts';
import { pathFindings } from './paths.ts';
import { portFindings } from './ports.ts';
import { queueFindings } from './queues.ts';
import { quorumFindings } from './quorum.ts';
import { silenceFindings } from './silence.ts';
import { unmatchedFindings } from './unmatched.ts';

/** Every cause that the scene, and the members together, show; the one to read first in front. */
export function diagnose(scene: Scene, together: readonly Diagnosis[]): Finding[] {
  return consequencesLast(scene, [
    ...portFindings(scene),
    ...meshFindings(scene),
    ...quorumFindings(scene),
    ...missingFindings(scene),
    ...nameFindings(scene),
    ...bootstrapFindings(scene),
    ...handshakeFindings(scene),
    ...linkFindings(scene),
    ...silenceFindings(scene),
    ...pathFindings(scene),
    ...queueFindings(scene),
    ...churnFindings(scene),
    ...addressFindings(scene),
    ...certificateFindings(scene),
    ...ownerFindings(scene),
    ...unmatchedFindings(scene),
    ...askedFindings(scene),
    ...together,
  ]);
}

/** Some servers open their client port only in a quorum: what keeps them out of it comes first then. */
function consequencesLast(scene: Scene, diagnoses: readonly Diagnosis[]): Finding[] {
  const findings = toFindings(diagnoses);
  const cause = findings.find(({ code }) => code === 'no-quorum');
  const [first] = findings;
  if (scene.standing.role !== 'member' || cause === undefined) return findings;
  if (first?.code !== 'client-port-closed') return findings;
  return [cause, ...findings.filter((finding) => finding !== cause)];
}
