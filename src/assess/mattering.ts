import { isPassthroughSource } from '../model/address.ts';
import type { Names } from '../model/names.ts';
import type { Ensemble, JudgeSettings } from '../model/settings.ts';
import type { Mattering } from '../model/socket.ts';
import { memberAddresses, resolveMembers } from './quorum/members.ts';
import type { Memory } from './scene/observation.ts';

/**
 * Which rows of the next table matter: those of the server's and its proxy's owners, once they are known,
 * and those with members, where each member has an address.
 */
export function matteringRows(
  { ensemble, serverUids }: Pick<JudgeSettings, 'ensemble' | 'serverUids'>,
  names: Names,
  { serverOwners, proxyOwner }: Pick<Memory, 'serverOwners' | 'proxyOwner'>,
): Mattering {
  const server = serverUids.length > 0 ? serverUids : serverOwners.flatMap(uidOf);
  const uids = new Set(server.length === 0 ? [] : [...server, ...uidOf(proxyOwner ?? '')]);
  const addresses = hasAddressless(ensemble, names) ? null : memberAddresses(ensemble, names);
  return {
    uids,
    isMember:
      addresses === null
        ? null
        : (address) => addresses.has(address) || isPassthroughSource(address),
  };
}

/** Whether a member is known by no address yet: its rows could not be told from a stranger's. */
function hasAddressless(ensemble: Ensemble, names: Names): boolean {
  return resolveMembers(ensemble, names, '', []).some(({ addresses }) => addresses.length === 0);
}

function uidOf(owner: string): number[] {
  const digits = /^uid (\d{1,10})$/.exec(owner)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}
