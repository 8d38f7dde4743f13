import type { HostName } from '../model/settings.ts';
import { isWildcard, normalAddress } from './addresses.ts';
import { Problem, quote } from './problem.ts';

/** A host by name or address, as one entry of a member list. */
export function parseHost(text: string): HostName {
  const address = normalAddress(text);
  if (address !== null) {
    if (isWildcard(address)) {
      throw new Problem(`${quote(text)} means every address; write the member's own`);
    }
    return { name: address, literal: true };
  }
  if (isHostName(text)) return { name: text, literal: false };
  throw new Problem(whatIsWrong(text));
}

/** A Kubernetes service, alone or with its namespace and domain. */
export function parseServiceName(text: string): string {
  if (isHostName(text)) return hostKey(text);
  throw new Problem(
    `${quote(text)} is not the name of a service; write it as zk or zk.default.svc`,
  );
}

/** A name of 254 characters with two ports, or with a third by mistake. */
const LONGEST_WITH_PORTS = 300;

function whatIsWrong(text: string): string {
  if (/^server\.\d+\s*=/i.test(text)) {
    return `${quote(text)} is a line of zoo.cfg; write only the name, or name the file with --members-file`;
  }
  // Of what could be a host at all: the expression tries each colon of a longer text.
  const withPort = /^(.*?):\d+(?::\d+)*$/.exec(text.slice(0, LONGEST_WITH_PORTS))?.[1];
  if (withPort !== undefined && (normalAddress(withPort) !== null || isHostName(withPort))) {
    return `${quote(text)} has a port; write ${quote(withPort)}, and set other ports with --ports`;
  }
  if (text.includes('%') && normalAddress(text.replace(/%[^\]]*/, '')) !== null) {
    return `${quote(text)} names an interface; leave out the part from the % on`;
  }
  return `${quote(text)} is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk`;
}

/**
 * RFC 1123 names, underscores allowed as Docker's resolver knows them, with or without the root's dot.
 * The last label is never all digits: such text is a mistyped address.
 */
export function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  return (
    text.length <= 254 &&
    labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? '')
  );
}

/** What two spellings of one host have in common: case and the root's dot do not count. */
export function hostKey(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
