import type { Profile } from '../model/profile.ts';
import type { PortOverride } from '../profiles/index.ts';
import { didYouMean } from './nearest.ts';
import { Problem, quote } from './problem.ts';
import type { ValueType } from './values.ts';

/** A TCP port that something may listen on. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new Problem(`${quote(text)} is not a port; write a number from 1 to 65535`);
}

/** `role=port[+port],…`: the ports that take the place of the profile's, by role. */
export const portOverride: ValueType<PortOverride> = {
  shape: 'ports',
  parse: (text) => {
    const override = new Map<string, readonly number[]>();
    for (const entry of text.split(',')) {
      const [, role, ports] = /^\s*([^=\s]+)\s*=\s*(\S+)\s*$/.exec(entry) ?? [];
      if (role === undefined || ports === undefined) {
        throw new Problem(
          `${quote(entry.trim())} is not a role with its ports; write it as client=2181+2281`,
        );
      }
      if (override.has(role)) {
        throw new Problem(`names ${quote(role)} twice; join its ports as ${role}=2181+2281`);
      }
      override.set(role, ports.split('+').map(parsePort));
    }
    return override;
  },
};

/** Refuses roles that the profile does not have, and a port that would serve two roles or one twice. */
export function checkPorts(profile: Profile, override: PortOverride): void {
  const roles = profile.ports.map((port) => port.role);
  for (const role of override.keys()) {
    if (!roles.includes(role)) {
      throw new Problem(
        `the profile ${profile.name} has no port role ${quote(role)}; ${didYouMean(role, roles, `its roles are ${roles.join(', ')}`)}`,
      );
    }
  }
  const roleByPort = new Map<number, string>();
  for (const spec of profile.ports) {
    for (const port of override.get(spec.role) ?? spec.ports) {
      const other = roleByPort.get(port);
      if (other !== undefined) {
        throw new Problem(
          other === spec.role
            ? `port ${port} is given twice to ${spec.role}`
            : `port ${port} cannot be both ${other} and ${spec.role}; give each role its own`,
        );
      }
      roleByPort.set(port, spec.role);
    }
  }
}
