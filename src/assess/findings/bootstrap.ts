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
        ? `This member is called ready although it is in no settled quorum: its own name ${self.name} was not published, so the members could never find each other otherwise.`
        : `The name ${self.name} of this very pod does not resolve: peers cannot find a member that is not ready.`,
      evidence:
        hidden.length === 0
          ? [`${self.name}: published since this member is called ready`]
          : few(hidden.map((member) => `${member.name}: no address (ENOTFOUND)`)),
      cause: `The headless service publishes ready pods only, and no pod can become ready before it has found the others; or there is no Service of that name, which DNS does not tell apart${ownService(scene)}.`,
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
  const fullName = full === null ? "the pod's full name, as /etc/hosts has it" : full;
  return ` Port ${portsOf(scene, first.role)} does not listen, so the bootstrap rule does not apply: a server that is told to listen on its own name cannot while that name is not published. Where the service must stay as it is, name the members by their full names (${fullName}), or set ${settings.profile.advice.listenEverywhere}.`;
}
