import { wrap } from '../layout.ts';
import { isProven, type Profile } from '../model/profile.ts';

/** Below this the sentence would stand word by word. */
const LEAST_SENTENCE_WIDTH = 30;

/** The profiles as a table for people: name, ports by role, what ready means. */
export function profilesTable(profiles: Iterable<Profile>, width: number): string {
  const rows = [
    { name: 'PROFILE', ports: 'PORTS', ready: 'READY WHEN' },
    ...[...profiles].map((profile) => ({
      name: profile.name,
      ports: portsOf(profile),
      ready: isProven(profile) ? profile.ready : `unproven, for observing only: ${profile.ready}`,
    })),
  ];
  const nameWidth = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const portsWidth = Math.max(...rows.map(({ ports }) => ports.length)) + 2;
  const readyWidth = width - nameWidth - portsWidth;
  if (readyWidth < LEAST_SENTENCE_WIDTH) return narrowTable(rows.slice(1), width);
  return rows
    .flatMap(({ name, ports, ready }) => {
      const [first = '', ...rest] = wrap(ready, readyWidth);
      const indent = ' '.repeat(nameWidth + portsWidth);
      return [
        name.padEnd(nameWidth) + ports.padEnd(portsWidth) + first,
        ...rest.map((line) => indent + line),
      ];
    })
    .map((line) => `${line}\n`)
    .join('');
}

function narrowTable(
  rows: readonly { readonly name: string; readonly ports: string; readonly ready: string }[],
  width: number,
): string {
  const indented = (text: string) => wrap(text, width - 2).map((line) => `  ${line}`);
  const lines = rows.flatMap(({ name, ports, ready }) => [
    name,
    ...indented(ports.replaceAll(',', ', ')),
    ...indented(ready),
  ]);
  return lines.map((line) => `${line}\n`).join('');
}

/** In the spelling that `--ports` takes. */
function portsOf(profile: Profile): string {
  return profile.ports.map(({ role, ports }) => `${role}=${ports.join('+')}`).join(',');
}
