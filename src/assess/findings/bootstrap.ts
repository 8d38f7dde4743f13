import type { Scene } from '../scene.ts';
import type { Diagnosis } from './finding.ts';

/** Readiness that waits for peers which name resolution hides until they are ready. */
export function bootstrapFindings(scene: Scene): Diagnosis[] {
  const self = scene.members.find((member) => member.self);
  if (scene.standing.inQuorum.kind === 'in' || self?.answer?.kind !== 'unpublished') return [];
  const hidden = scene.members.filter((member) => member.answer?.kind === 'unpublished');
  return [
    {
      code: 'bootstrap-unpublished',
      certainty: scene.bootstrap ? 'confirmed' : 'suspected',
      summary: scene.bootstrap
        ? `This member is called ready although it is in no quorum: its own name ${self.name} is not published, so the members could never find each other otherwise.`
        : `The name ${self.name} of this very pod does not resolve: peers cannot find a member that is not ready.`,
      evidence: hidden.map((member) => `${member.name}: no address (ENOTFOUND)`),
      cause:
        'The headless service publishes ready pods only, and no pod can become ready before it has found the others.',
      remedy:
        'Set publishNotReadyAddresses: true on the headless service that gives the members their names.',
    },
  ];
}
