import { isIPv4 } from 'node:net';

const NAME = String.raw`[A-Za-z\d][\w.-]{0,80}`;

/** Prompts of shells, with the host they name: `[root@node01 ~ 18:31:01]#`, `me@zk-0:~$`, `mbp:~ me$`, `zk-0$`. */
const PROMPTS: readonly RegExp[] = [
  new RegExp(
    String.raw`^[^\w[]{0,4}\[?[\w.-]{1,40}@(${NAME})(?:[\s:~/][^#$%>]{0,120})?\]?\s?[#$%>❯](?:\s|$)`,
  ),
  new RegExp(String.raw`^[^\w]{0,4}(${NAME}):[^\s:]{1,60} [\w.-]{1,40}[$#%](?:\s|$)`),
  new RegExp(String.raw`^[^\w]{0,4}(${NAME})(?::[~/][^\s]{0,60})?\s?[$#](?:\s|$)`),
];
const NAMELESS_PROMPT =
  /^[^\w]{0,4}(?:(?:bash|sh|ash|zsh|ksh)(?:-[\d.]+)?|PS [A-Z]:\\[^>]{0,80}|[A-Z]:\\[^>]{0,80}|[~/][\w./-]{0,60})?\s?[$#>](?:\s|$)/;
const SHELLS = /^(?:bash|sh|ash|zsh|ksh)(?:-[\d.]+)?$/;

/** Commands that run another one elsewhere, with the pod, container or host where it runs. */
const ELSEWHERE: readonly RegExp[] = [
  /\b(?:kubectl|oc|k)\s(?:[^|;]{0,120}\s)?(?:exec|rsh|debug)\s+(.{1,200})/,
  /\b(?:docker|podman|nerdctl|crictl|lxc)\s(?:container\s)?exec\s+(.{1,200})/,
  /\bssh\s+(.{1,200})/,
];
const OPTION_WITH_VALUE =
  /^(?:-[ncupliFJoe]|--namespace|--container|--user|--context|--image|--target|--profile|--workdir)$/;

/** What a line says about the host of the rows after it. */
export type HostSign =
  | { readonly kind: 'host'; readonly name: string }
  /** A prompt that names no host. */
  | { readonly kind: 'prompt' }
  | { readonly kind: 'none' };

const FILE = /\.(?:sh|py|txt|log|cfg|conf|ya?ml|json|properties|md|exe|jar)$/i;

const NONE: HostSign = { kind: 'none' };

/** Reads the host from a line without rows: a prompt, a command that runs elsewhere, or a heading. */
export function hostSign(line: string): HostSign {
  const text = line.slice(0, 400);
  for (const pattern of ELSEWHERE) {
    const name = targetOf(pattern.exec(text)?.[1]);
    if (name !== null) return { kind: 'host', name };
  }
  for (const pattern of PROMPTS) {
    const name = pattern.exec(text)?.[1];
    if (name !== undefined && !SHELLS.test(name)) return { kind: 'host', name };
  }
  const heading = headingOf(text);
  if (heading !== null) return { kind: 'host', name: heading };
  return NAMELESS_PROMPT.test(text) ? { kind: 'prompt' } : NONE;
}

/** The host that a log's or a parallel shell's prefix names: `zk-0 | `, `zk1: `, `Nov 25 10:00:00 zk-0 agent: `. */
export function hostOfPrefix(before: string): string | null {
  const text = before.trim().slice(-120);
  const syslog = /^[A-Z][a-z]{2}\s{1,2}\d{1,2} [\d:]{8} ([\w.-]{1,80})\s/.exec(text)?.[1];
  if (syslog !== undefined) return syslog;
  const pod = /^\[pod\/([\w.-]{1,80})\/[\w.-]{1,80}\]$/.exec(text)?.[1];
  if (pod !== undefined) return pod;
  const name =
    /(?:^|\s)\[?([A-Za-z][\w.-]{0,80})\]?\s{0,30}[|:]$/.exec(text)?.[1] ??
    /^\[([A-Za-z][\w.-]{0,80})\]$/.exec(text)?.[1];
  return name !== undefined && looksLikeHost(name) ? name : null;
}

/** The first word of a command's arguments that is no option. */
function targetOf(args: string | undefined): string | null {
  if (args === undefined) return null;
  const words = args.trim().split(/\s+/);
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return null;
    if (OPTION_WITH_VALUE.test(word)) at += 1;
    else if (!word.startsWith('-')) {
      const name = word
        .replace(/^.*@/, '')
        .replace(/^(?:pods?|po)\//, '')
        .replace(/['":]+$/, '');
      return new RegExp(`^${NAME}$`).test(name) ? name : null;
    }
  }
  return null;
}

/** A heading over a host's rows: `zk-0:`, `=== node2 ===`, `# Server 1`, `zk1 | CHANGED | rc=0 >>`, `Before:`. */
function headingOf(text: string): string | null {
  const ansible = /^([\w.-]{1,80}) \| (?:CHANGED|SUCCESS|FAILED)\b/.exec(text)?.[1];
  if (ansible !== undefined) return ansible;
  const inner = text.replace(/^[\s=#*_<>\-[\]]+|[\s=#*_<>\-:：[\]]+$/g, '');
  if (inner.length > 60 || inner === text.trim()) return null;
  // A role or an address in parentheses may follow.
  const bare = inner
    .replace(/\s{0,4}[(（][^()（）]{1,30}[)）]$/, '')
    .replace(/^(?:on|from|in)\s/i, '');
  const worded =
    /^(?:node|host|server|pod|member|broker|machine|zookeeper|zk|节点|服务器|主机)[\s:#]{0,3}([\w.-]{1,40})$/i.exec(
      bare,
    );
  if (worded !== null) return bare;
  if (/^(?:before|after|vorher|nachher|avant|après|antes|después)$/i.test(bare)) return bare;
  if (isIPv4(bare)) return bare;
  return new RegExp(`^${NAME}$`).test(bare) && looksLikeHost(bare) ? bare : null;
}

/** A word with a digit, a hyphen or a dot in it, as host names mostly have; no number, time or version. */
function looksLikeHost(word: string): boolean {
  return (
    !FILE.test(word) &&
    /[A-Za-z]/.test(word) &&
    /[\d.-]/.test(word) &&
    !/^(?:tcp|udp|ipv)[46]?$/i.test(word)
  );
}

/** Whether two names are of one host: one may be the other's first labels. */
export function sameHost(a: string, b: string): boolean {
  const [short, long] =
    a.length <= b.length ? [a.toLowerCase(), b.toLowerCase()] : [b.toLowerCase(), a.toLowerCase()];
  return long === short || long.startsWith(`${short}.`);
}
