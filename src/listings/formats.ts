import type { Tool } from './rows.ts';

/** A format of which the rows are read. */
export interface ReadFormat {
  readonly name: string;
  readonly systems: string;
  /** Commands whose rows are read, any other options beside them. */
  readonly commands: string;
  /** The command that shows all, without a filter. */
  readonly run: string;
  /** What its rows cannot say. */
  readonly lacks: string;
}

/** What is read, by the tool that prints it: the table of the documentation. */
export const READ_FORMATS: Readonly<Record<Tool, ReadFormat>> = {
  proc: {
    name: '/proc/net/tcp',
    systems: 'Linux',
    commands: '`cat /proc/net/tcp /proc/net/tcp6`',
    run: 'cat /proc/net/tcp /proc/net/tcp6',
    lacks: 'nothing: with both tables complete it is as good as a scan in the pod itself',
  },
  ss: {
    name: 'ss',
    systems: 'Linux (iproute2)',
    commands: '`ss -tan`, with `-p`, `-e`, `-i`, `-o`, `-m`, `-H`, `-O`; `ss -an`; one state alone',
    run: 'ss -tanp',
    lacks: 'an owner without `-p` or `-e`, timers without `-o`',
  },
  netstat: {
    name: 'netstat',
    systems: 'Linux (net-tools, busybox)',
    commands: '`netstat -tan`, with `-p`, `-e`, `-o`, `-W`; states and headers in any language',
    run: 'netstat -tan',
    lacks:
      'an owner without `-p` or `-e`, timers without `-o`, the ends of long IPv6 addresses without `-W`',
  },
  'bsd-netstat': {
    name: 'netstat of BSD and macOS',
    systems: 'macOS, FreeBSD, OpenBSD, NetBSD, AIX',
    commands: '`netstat -an`, `netstat -anv -p tcp`',
    run: 'netstat -an -p tcp',
    lacks: 'owners and timers',
  },
  'windows-netstat': {
    name: 'netstat of Windows',
    systems: 'Windows, in any language',
    commands: '`netstat -ano`, `netstat -an`',
    run: 'netstat -ano',
    lacks: 'queues, owners and timers',
  },
  lsof: {
    name: 'lsof',
    systems: 'Linux, macOS, BSD',
    commands: '`lsof -nP -iTCP`, `lsof -i :PORT`, `lsof -a -p PID -i`',
    run: 'lsof -nP -iTCP',
    lacks: "queues, timers, closed connections, and without root other users' sockets",
  },
  columns: {
    name: 'columns of netstat',
    systems: 'any',
    commands: "both addresses and the state, as `awk '{print $4,$5,$6}'` leaves them",
    run: 'netstat -tan',
    lacks: 'queues, owners and timers',
  },
};

/** A text that holds no socket's row, known by a sign, with what to run in its place. */
export interface RefusedFormat {
  readonly name: string;
  readonly sign: RegExp;
  readonly run: string;
}

const PROC = 'cat /proc/net/tcp /proc/net/tcp6';

/** What is refused by its name. The signs are looked for in the text's beginning, each in linear time. */
export const REFUSED_FORMATS: readonly RefusedFormat[] = [
  {
    name: 'docker ps',
    sign: /\bCONTAINER ID\b|\d->\d{1,5}\/(?:tcp|udp)/,
    run: `docker exec CONTAINER ${PROC}`,
  },
  {
    name: 'kubectl get',
    sign: /^[ \t]{0,20}(?:NAMESPACE[ \t]+)?NAME[ \t]+(?:READY|TYPE|ENDPOINTS|STATUS|DATA|AGE)\b/m,
    run: `kubectl exec POD -- ${PROC}`,
  },
  {
    name: 'nmap',
    sign: /\bNmap scan report\b|^PORT\s+STATE\s+SERVICE/m,
    run: `${PROC} on the host itself`,
  },
  {
    name: 'Get-NetTCPConnection',
    sign: /\bLocalAddress\s+LocalPort\s+RemoteAddress\b/,
    run: 'netstat -ano',
  },
  {
    name: 'netstat of Solaris or illumos',
    sign: /\bSwind\s+Send-Q\s+Rwind\s+Recv-Q\b/,
    run: 'lsof -nP -iTCP',
  },
  { name: 'netstat -L', sign: /\bCurrent listen queue sizes\b/, run: 'netstat -an -p tcp' },
  { name: 'sockstat', sign: /\bFOREIGN ADDRESS\b/, run: 'netstat -an -p tcp' },
  { name: 'ss -s', sign: /^[ \t]{0,20}TCP:[ \t]+\d+ \(estab\b/m, run: 'ss -tan' },
  {
    name: 'netstat -r or -i',
    sign: /\bKernel (?:IP routing|Interface) table\b|^Routing tables\b/im,
    run: 'netstat -tan',
  },
  { name: 'netstat -s', sign: /\bsegments? (?:retransmit|received|sent out)/, run: 'netstat -tan' },
  { name: 'conntrack', sign: /\bsrc=\S{1,50} dst=\S{1,50} sport=/, run: PROC },
  { name: 'tcpdump', sign: /\bIP6? \S{1,60} > \S{1,60}: (?:Flags|tcp)\b/, run: PROC },
  { name: 'lsof -F', sign: /^p\d{1,10}\r?\nc\S/m, run: 'lsof -nP -iTCP' },
  { name: 'fuser', sign: /^[ \t]{0,20}\d{1,5}\/tcp:\s+\d/m, run: 'ss -tanp' },
  { name: 'a table of /proc/net/udp', sign: /\blocal_address\b.{0,200}\bdrops\b/, run: PROC },
  {
    name: 'a listing of UDP sockets alone',
    sign: /^[ \t]{0,20}(?:udp[46]?|UDP|UNCONN)\s/m,
    run: 'ss -tan',
  },
  {
    name: 'a list of port numbers',
    sign: /^[ \t]{0,20}\d{1,5}[ \t]{0,20}\r?\n[ \t]{0,20}\d{1,5}[ \t\r]{0,20}$/m,
    run: 'netstat -tan',
  },
];

/** How much of a text is searched for the signs of a format that is not read. */
const SIGN_CHARS = 100_000;

/** Why a text without a socket's row is refused: one sentence with the command to use instead. */
export function refusal(text: string): string {
  const beginning = text.slice(0, SIGN_CHARS);
  const known = REFUSED_FORMATS.find(({ sign }) => sign.test(beginning));
  const accepted = 'paste the output of netstat -na, ss -tan or cat /proc/net/tcp';
  if (known === undefined) return `holds no TCP socket; ${accepted}`;
  return `holds no TCP socket: it looks like ${known.name}, which is not read; run ${known.run}, or ${accepted}`;
}
