import { isIP } from 'node:net';
import type { MemberReport } from '../../model/evidence.ts';
import type { Report } from '../../model/report.ts';

/** The own report, as far as it names members. */
type Named = Pick<Report, 'member' | 'peers'>;

/** The name here of a member that another report calls by its own name, its pod's or its address. */
export type Naming = (text: string) => string;

/**
 * Two members may know a third by other names, as one configured by address and one by host. The own
 * list of members goes first; then what a member says of itself; then the addresses that others give
 * with a name; last a name whose first label, the pod's, is one member's alone.
 */
export function knownNames(own: Named, reports: ReadonlyMap<string, MemberReport>): Naming {
  const names = new Map<string, string>();
  const learn = (texts: readonly string[], name: string): void => {
    for (const text of texts) if (!names.has(text)) names.set(text, name);
  };
  learn([own.member.name], own.member.name);
  for (const { name } of own.peers) learn([name], name);
  for (const { name, addresses } of own.peers) learn(addresses, name);
  learn(own.member.addresses, own.member.name);
  for (const [name, { member }] of reports) {
    learn([...(member.name === null ? [] : [member.name]), ...member.addresses], name);
  }
  for (const { peers } of reports.values()) {
    for (const { name, addresses } of peers.entries) {
      const known = addresses.map((address) => names.get(address)).find((one) => one !== undefined);
      if (known !== undefined) learn([name], known);
    }
  }
  const byLabel = membersByLabel([own.member.name, ...own.peers.map(({ name }) => name)]);
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || isIP(text) !== 0) return known ?? text;
    const alike = byLabel.get(firstLabel(text)) ?? [];
    return alike.length === 1 ? (alike[0] ?? text) : text;
  };
}

function membersByLabel(members: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const byLabel = new Map<string, string[]>();
  for (const name of members) {
    if (isIP(name) !== 0) continue;
    const alike = byLabel.get(firstLabel(name));
    if (alike === undefined) byLabel.set(firstLabel(name), [name]);
    else alike.push(name);
  }
  return byLabel;
}

function firstLabel(name: string): string {
  return name.split('.')[0] ?? name;
}
