import { fullNameOf } from '../../model/names.ts';
import { mustListen } from '../quorum/required-ports.ts';
import { isListening } from '../quorum/seen.ts';
import { hiddenSelf } from '../readiness/bootstrap.ts';
import { few } from '../scene/row-text.ts';
import { portsOf, type Scene } from '../scene/scene.ts';
import type { Diagnosis } from './finding.ts';

/** Readiness that waits for peers which name resolution hides until they are ready. */
export function bootstrapFindings(scene: Scene): Diagnosis[] {
  const { identity } = scene.settings;
  const hiddenNow = hiddenSelf(scene.members, identity);
  // Being ready publishes the name: the rule goes on, and so does what it says.
  const self = scene.bootstrap ? scene.members.find((member) => member.self) : hiddenNow;
  if ((!scene.bootstrap && scene.standing.inQuorum.kind === 'in') || self == null) return [];
  const hidden = scene.members.filter((member) => member.answer?.kind === 'unpublished');
  return [
    {
      code: 'bootstrap-unpublished',
      certainty: scene.bootstrap ? 'confirmed' : 'suspected',
      summary: scene.bootstrap
        ? `This member is reported as ready without a settled quorum (bootstrap): its own name ${self.name} was not published, so the members could not find each other otherwise.`
        : `This pod's DNS name ${self.name} does not resolve: its peers cannot find it while it is not ready.`,
      evidence:
        hidden.length === 0
          ? [`${self.name}: published since this member has been reported as ready`]
          : few(hidden.map((member) => `${member.name}: no address (ENOTFOUND)`)),
      cause: `The headless service publishes only ready pods, and no pod can become ready before it finds the others. Or there is no Service of that name: DNS answers the same${ownService(scene)}.`,
      remedy: `Set publishNotReadyAddresses: true on the headless service that gives the members their names, and make sure that it exists (kubectl get service).${cannotBind(scene)}`,
    },
  ];
}

function ownService({ settings: { identity } }: Scene): string {
  return identity.kind === 'unknown'
    ? ''
    : ` (the StatefulSet's serviceName is ${identity.service})`;
}

/** What to do where the server waits for its own name before it listens for the others. */
function cannotBind(scene: Scene): string {
  const { settings, folded, members } = scene;
  const closed = settings.profile.ports.filter(
    (spec) => mustListen(spec, members) && !isListening(folded, spec.role),
  );
  const [first] = closed;
  if (first === undefined || scene.bootstrap) return '';
  const full = fullNameOf(settings.identity);
  const fullName = full === null ? "the pod's full name in /etc/hosts" : full;
  return ` Nothing listens on port ${portsOf(scene, first.role)}, so the bootstrap rule does not apply: a server that binds to its own name cannot do so while that name is not published. If the service must stay as it is, use the members' full names (${fullName}), or set ${settings.profile.advice.listenEverywhere}.`;
}
