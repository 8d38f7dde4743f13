import type { Coverage } from '../model/coverage.ts';
import { coversConnections, coversListener } from '../model/coverage.ts';
import type { ListingReport } from '../model/listing-report.ts';
import { isPeerPort, type Profile } from '../model/profile.ts';
import { portsOf } from './contradictions.ts';
import type { CoverageReading } from './coverage.ts';
import { READ_FORMATS } from './formats.ts';
import { forwardersOf } from './forwarders.ts';
import type { Gap } from './gap.ts';
import type { HostListing } from './hosts.ts';
import type { Tool } from './rows.ts';
import { hasRows } from './section.ts';

/** What a person or a program is told about the listing of one host. */
export function reportListing(
  host: HostListing,
  { coverage, gaps }: CoverageReading,
  profile: Profile,
): ListingReport {
  const unread = host.sections.flatMap((section) => section.unread);
  const tools = [...new Set(host.sections.flatMap((section) => [...section.tools]))];
  const ports = portsOf(profile).all;
  const offPorts = !host.sockets.some(
    ({ local, remote }) => ports.includes(local.port) || ports.includes(remote.port),
  );
  const isMissing = gaps.size > 0 || (offPorts && coverage.kind !== 'whole');
  const run = isMissing ? commandFor(tools, gaps) : null;
  const notes = [
    ...earlierNote(host),
    ...gapNotes(host, gaps, profile, coverage),
    ...(offPorts ? [offPortsNote(host, profile)] : []),
    ...assumption(coverage, gaps, ports),
    ...(run === null
      ? []
      : [
          `For a complete picture, run \`${run}\` there and paste all of its output, or for a pod: \`kubectl exec POD -- cat /proc/net/tcp /proc/net/tcp6 | quorum-probe scan --input -\`.`,
        ]),
  ];
  return {
    rows: host.sockets.length + host.duplicates,
    unread: unread.length,
    formats: tools.map((tool) => READ_FORMATS[tool].name),
    ...extentsOf(coverage),
    notes,
    run,
  };
}

function earlierNote({ earlier }: HostListing): string[] {
  if (earlier === 0) return [];
  return [
    'The text lists this host more than once: the newest listing is judged, the last in the text.',
  ];
}

/** Names a port that several rows share as the one that members may use in place of the profile's. */
function offPortsNote({ sockets }: HostListing, profile: Profile): string {
  const rows = new Map<number, number>();
  for (const { local, remote } of sockets) {
    for (const port of new Set([local.port, remote.port]))
      rows.set(port, (rows.get(port) ?? 0) + 1);
  }
  rows.delete(0);
  const [commonest] = [...rows].sort(([, one], [, other]) => other - one);
  const role = profile.ports.find(isPeerPort)?.role ?? 'ROLE';
  const port = commonest === undefined || commonest[1] < 2 ? 'PORT' : commonest[0];
  const own = list(portsOf(profile).all);
  return `No row is on a port of ${profile.name} (${own}): if its members use other ports, set them, such as --ports ${role}=${port}.`;
}

function extentsOf(coverage: Coverage): Pick<ListingReport, 'listeners' | 'connections' | 'basis'> {
  if (coverage.kind !== 'listing') {
    return { listeners: 'every-port', connections: 'every-port', basis: 'stated' };
  }
  const { listeners, connections, basis } = coverage;
  const plain = (extent: typeof listeners): ListingReport['listeners'] =>
    extent === 'every-port' ? extent : [...extent].sort((a, b) => a - b);
  return { listeners: plain(listeners), connections: plain(connections), basis };
}

function commandFor(tools: readonly Tool[], gaps: ReadonlySet<Gap>): string {
  const tool = tools[0] ?? 'netstat';
  const { run } = READ_FORMATS[tool];
  return tool === 'netstat' && gaps.has('cut') ? `${run}W` : run;
}

function assumption(
  coverage: Coverage,
  gaps: ReadonlySet<Gap>,
  ports: readonly number[],
): string[] {
  if (coverage.kind !== 'listing' || coverage.basis === 'stated' || gaps.size > 0) return [];
  return [
    `The command is not in the text: the rows are taken to be all rows of ports ${list(ports)}.`,
  ];
}

function gapNotes(
  host: HostListing,
  gaps: ReadonlySet<Gap>,
  profile: Profile,
  coverage: Coverage,
): string[] {
  const { sections } = host;
  const rows = sections.reduce(
    (sum, { sockets, unread }) => sum + sockets.length + unread.length,
    0,
  );
  const named = sections.reduce((sum, { namedRows }) => sum + namedRows, 0);
  const unread = sections
    .flatMap((section) => section.unread)
    .filter(({ reason }) => reason !== 'name');
  const commands = sections
    .filter(hasRows)
    .flatMap(({ command }) => (command === null ? [] : [`\`${command.text}\``]));
  const by = commands.length === 0 ? '' : ` by ${[...new Set(commands)].join(' and ')}`;
  const said: Readonly<Record<Gap, string>> = {
    'no-listeners': `No listeners were listed${by}: which ports are open is not known.`,
    'no-connections': `Only listeners were listed${by}: which links there are is not known.`,
    filtered: `The listing was filtered${by}: ${hidden(profile, coverage)}`,
    'filter-unknown': `The listing was filtered${by} in a way that is not understood: what it does not show is not known.`,
    'some-processes': `Only the sockets of some processes were listed${by}, and none of them listens on a port of ${profile.name}: the server may be another process.`,
    'one-family': `Only one address family was listed${by}, and the server does not listen there: it may listen on the other family.`,
    names: `${named} of ${rows} rows hold names instead of numbers: use -n.`,
    cut: 'Addresses may have been cut short, so it is not known which peer is which: use netstat -W, or ss.',
    unread: `${unread.length} of ${rows} rows could not be read, the first: ${unread[0]?.text ?? ''}`,
    contradicted:
      'The rows show that others are missing, so what is not listed is unknown: there is a connection to a port without a listener, or only one end of a connection inside the host, or links of a member without its client port.',
    omitted:
      'The text itself says that lines were left out of it: what they would show is not known.',
    forwarded: `The ports of ${profile.name} are held by ${list(forwardersOf(host.sockets, portsOf(profile)))}, which only forwards connections to a container or another host, where the server's own sockets are.`,
    'no-voter': `This host is linked with members over a port on which every voter listens, and does not listen there itself: it may be a member without a vote. Name the members with --members, and those without a vote with --observers.`,
    'several-members': `Connections on the members' ports lead from this host to itself: several members may run on it, and which socket is whose is not known.`,
    fragment: 'This is only a part of a listing: what it does not show is not known.',
    parted: `The listing mixes rows of several hosts; this is what belongs to ${host.name ?? 'one of them'}. Paste one host at a time.`,
  };
  return [...gaps].map((gap) => said[gap]);
}

/** The ports of which rows may be missing, by what operators call them. */
function hidden(profile: Profile, coverage: Coverage): string {
  const missing = profile.ports.flatMap((spec) => {
    const ports = spec.ports.filter(
      (port) => !coversListener(coverage, port) && !coversConnections(coverage, port),
    );
    return ports.length === spec.ports.length ? [`the ${spec.title} (${list(ports)})`] : [];
  });
  if (missing.length === 0) return 'some rows are missing, and what they would show is not known.';
  return `rows of ${list(missing)} are missing, and what they would show is not known.`;
}

function list(items: readonly (string | number)[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
