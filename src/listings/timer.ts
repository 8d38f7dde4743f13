import type { Socket, SocketTimer } from '../model/socket.ts';

/** A socket's timer and what it has sent again without an answer. */
export type TimerReading = Pick<Socket, 'timer' | 'retransmits' | 'unansweredProbes'>;

export const NO_TIMER: TimerReading = { timer: 'none', retransmits: 0, unansweredProbes: 0 };

const TIMERS: ReadonlyMap<string, SocketTimer> = new Map<string, SocketTimer>([
  ['off', 'none'],
  ['on', 'retransmit'],
  ['keepalive', 'keepalive'],
  ['timewait', 'time-wait'],
  ['persist', 'window-probe'],
  ['probe', 'window-probe'],
]);

/**
 * The timer of `ss -o`, `timer:(on,200ms,3)`, or of `netstat -o`, `on (0.20/3/0)`; `null` where none is printed.
 * `ss` prints one count, of whatever the timer sends again; `netstat` prints retransmits, then probes.
 */
export function printedTimer(text: string): TimerReading | null {
  const ss = /timer:\((\w{1,16}),[^,()]{1,24},(\d{1,5})\)/.exec(text);
  const match = ss ?? /(?:^|\s)(\w{1,16}) \([\d.,]{1,24}\/(\d{1,5})\/(\d{1,5})\)/.exec(text);
  if (match === null) return backedOff(text);
  const [, name = '', count = '', probes = count] = match;
  const timer = TIMERS.get(name);
  if (timer === undefined) return null;
  const isProbing = timer === 'keepalive' || timer === 'window-probe';
  return {
    timer,
    retransmits: timer === 'retransmit' ? Number(count) : 0,
    unansweredProbes: isProbing ? Number(probes) : 0,
  };
}

/**
 * `ss -i` without `-o` prints no timer, but how often its time-out was doubled, `backoff:7`, and with it how many
 * segments are sent again and not acknowledged, `retrans:1/8`.
 */
function backedOff(text: string): TimerReading | null {
  const backoff = /\bbackoff:(\d{1,5})\b/.exec(text)?.[1];
  if (backoff === undefined || !/\bretrans:[1-9]\d{0,9}\//.test(text)) return null;
  return { timer: 'retransmit', retransmits: Number(backoff), unansweredProbes: 0 };
}
