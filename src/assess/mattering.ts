import type { Names } from '../model/names.ts';
import { isPassthroughSource } from '../model/passthrough.ts';
import type { JudgeSettings } from '../model/settings.ts';
import type { Mattering } from '../model/socket.ts';
import { memberAddresses } from './quorum/members.ts';
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
  const addresses = memberAddresses(ensemble, names);
  return {
    uids,
    isMember:
      addresses === null
        ? null
        : (address) => addresses.has(address) || isPassthroughSource(address),
  };
}

function uidOf(owner: string): number[] {
  const digits = /^uid (\d{1,10})$/.exec(owner)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}
