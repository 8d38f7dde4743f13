import { isPeerPort, type PortSpec } from '../../model/profile.ts';
import type { Check } from '../../model/report.ts';
import { unseenText } from '../quorum/membership.ts';
import { mustListen } from '../quorum/required-ports.ts';
import { listeningOf, unseenBy } from '../quorum/seen.ts';
import { portsOf, type Scene } from '../scene/scene.ts';
import { check } from './check.ts';

/** Whether the ports of a role are as this member needs them. */
export function portCheck(scene: Scene, spec: PortSpec): Check {
  const name = `${spec.role}-port`;
  const ports = portsOf(scene, spec.role);
  const listener = scene.folded.listeners.find((candidate) => candidate.role === spec.role);
  if (listener !== undefined) {
    const shut = listener.reach === 'loopback' && scene.folded.mesh.inbound !== 'loopback';
    return shut && isPeerPort(spec)
      ? check(name, 'fail', `port ${listener.port} listens only on loopback`)
      : check(name, 'pass', `port ${listener.port} listens (${listener.reach})`);
  }
  if (scene.folded.provenRoles.has(spec.role)) {
    return check(name, 'pass', `connections came in on port ${ports}; its listener was not listed`);
  }
  if (spec.listens === 'optional') return check(name, 'pass', `port ${ports} is optional`);
  if (listeningOf(scene.folded, spec) === 'not-seen') {
    return check(
      name,
      'unknown',
      `whether port ${ports} is open: ${unseenText(unseenBy(scene.folded))}`,
    );
  }
  if (spec.listens === 'leader') {
    return check(name, 'pass', `port ${ports} is closed; only the leader listens`);
  }
  if (!mustListen(spec, scene.members)) {
    return check(name, 'pass', `port ${ports} is closed; only voters listen`);
  }
  const electionOfOne = isPeerPort(spec) && scene.standing.size === 1;
  if (electionOfOne) return check(name, 'pass', 'an ensemble of one needs no peer port');
  return check(name, 'fail', `nothing listens on port ${ports}`);
}
