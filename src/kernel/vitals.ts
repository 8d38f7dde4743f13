import type { Vitals } from '../model/socket.ts';
import { type Integers, u8 } from './integers.ts';

/** What a row's `struct tcp_info` says (`include/uapi/linux/tcp.h`). */
export interface TcpInfo {
  /** Retransmission time-outs not yet answered (`icsk_retransmits`). */
  readonly retransmits: number;
  /** Keepalive or window probes not yet answered (`icsk_probes_out`). */
  readonly unansweredProbes: number;
  readonly vitals: Vitals;
}

/** Where the fields begin. */
const RETRANSMITS = 2;
const PROBES = 3;
const SND_MSS = 16;
const SACKED = 28;
const LAST_DATA_SENT = 44;
const LAST_DATA_RECV = 52;
const LAST_ACK_RECV = 56;
const PMTU = 60;
const RTT_MICROS = 68;
const TOTAL_RETRANS = 100;
const BYTES_RECEIVED = 128;
const DATA_SEGS_OUT = 156;
const RWND_LIMITED_MICROS = 176;
const SNDBUF_LIMITED_MICROS = 184;
const BYTES_SENT = 200;
const BYTES_RETRANS = 208;

/**
 * Reads the `length` bytes of a `tcp_info` at `at`, which grew with the kernel; `null` where even its first word
 * is missing.
 */
export function readTcpInfo(
  bytes: Uint8Array,
  at: number,
  length: number,
  { u32, u64 }: Integers,
): TcpInfo | null {
  const end = Math.min(length, bytes.length - at);
  if (end < 4) return null;
  const word = (field: number): number | null => (field + 4 <= end ? u32(bytes, at + field) : null);
  const long = (field: number): number | null => (field + 8 <= end ? u64(bytes, at + field) : null);
  const rttMicros = measured(word(RTT_MICROS));
  return {
    retransmits: u8(bytes, at + RETRANSMITS),
    unansweredProbes: u8(bytes, at + PROBES),
    vitals: {
      lastHeardMs: word(LAST_DATA_RECV),
      lastSentMs: word(LAST_DATA_SENT),
      rttMs: millis(rttMicros),
      receivedBytes: long(BYTES_RECEIVED),
      sentBytes: long(BYTES_SENT),
      retransmittedBytes: long(BYTES_RETRANS),
      pathMtuBytes: measured(word(PMTU)),
      lastAckMs: word(LAST_ACK_RECV),
      sentSegments: word(DATA_SEGS_OUT),
      retransmittedSegments: word(TOTAL_RETRANS),
      sackedSegments: word(SACKED),
      segmentBytes: measured(word(SND_MSS)),
      windowLimitedMs: millis(long(RWND_LIMITED_MICROS)),
      bufferLimitedMs: millis(long(SNDBUF_LIMITED_MICROS)),
    },
  };
}

function millis(micros: number | null): number | null {
  return micros === null ? null : micros / 1000;
}

/** The kernel shows 0 for what it has not measured. */
function measured(value: number | null): number | null {
  return value === 0 ? null : value;
}
