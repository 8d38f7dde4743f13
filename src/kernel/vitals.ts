import { type Integers, u8 } from './integers.ts';

/**
 * What `struct tcp_info` says of one connection (`include/uapi/linux/tcp.h`). It grew with the kernel:
 * `null` for what this kernel does not say.
 */
export interface Vitals {
  /** Retransmission time-outs not yet answered (`icsk_retransmits`). */
  readonly retransmits: number;
  /** Keepalive or window probes not yet answered (`icsk_probes_out`). */
  readonly unansweredProbes: number;
  /** Since data was last sent. */
  readonly lastSentMs: number | null;
  /** Since data last came. */
  readonly lastHeardMs: number | null;
  readonly pathMtuBytes: number | null;
  readonly rttMs: number | null;
  readonly receivedBytes: number | null;
  /** Sent for the first time and again. */
  readonly sentBytes: number | null;
  readonly retransmittedBytes: number | null;
}

/** Where the fields begin. */
const RETRANSMITS = 2;
const PROBES = 3;
const LAST_DATA_SENT = 44;
const LAST_DATA_RECV = 52;
const PMTU = 60;
const RTT_MICROS = 68;
const BYTES_RECEIVED = 128;
const BYTES_SENT = 200;
const BYTES_RETRANS = 208;

/** Reads the `length` bytes of a `tcp_info` at `at`; `null` where even its first word is missing. */
export function readVitals(
  bytes: Uint8Array,
  at: number,
  length: number,
  { u32, u64 }: Integers,
): Vitals | null {
  const end = Math.min(length, bytes.length - at);
  if (end < 4) return null;
  const word = (field: number): number | null => (field + 4 <= end ? u32(bytes, at + field) : null);
  const long = (field: number): number | null => (field + 8 <= end ? u64(bytes, at + field) : null);
  const rttMicros = word(RTT_MICROS);
  return {
    retransmits: u8(bytes, at + RETRANSMITS),
    unansweredProbes: u8(bytes, at + PROBES),
    lastSentMs: word(LAST_DATA_SENT),
    lastHeardMs: word(LAST_DATA_RECV),
    pathMtuBytes: word(PMTU),
    rttMs: rttMicros === null ? null : rttMicros / 1000,
    receivedBytes: long(BYTES_RECEIVED),
    sentBytes: long(BYTES_SENT),
    retransmittedBytes: long(BYTES_RETRANS),
  };
}
