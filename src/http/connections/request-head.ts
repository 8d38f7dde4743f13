import { LONGEST_HEAD_BYTES } from './limits.ts';

const LF = 10;
const CR = 13;
const HTTP2 = Buffer.from('PRI * HTTP/2');
const UPPER_A = 65;
const UPPER_Z = 90;

/** What the bytes at hand hold of one request, up to the empty line that ends its headers. */
export type RequestHead =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'whole'; readonly lengthBytes: number }
  | { readonly kind: 'refused'; readonly status: 400 | 431 };

/** What the kubelet asks, and cannot be told to wait. */
const URGENT = ['/livez', '/readyz', '/healthz', '/stop-allowed'].flatMap((path) =>
  ['GET', 'HEAD'].map((method) => Buffer.from(`${method} ${path}`)),
);

/** Whether a request, whose line ends before it are left out, is for health or a stop. */
export function isUrgent(bytes: Buffer): boolean {
  return URGENT.some((line) => bytes.subarray(0, line.length).equals(line));
}

const INCOMPLETE: RequestHead = { kind: 'incomplete' };

/**
 * Where the first request of `bytes` ends (RFC 9112, section 2.1), without judging it: that is the
 * HTTP parser's. Line ends before a request belong to it. What cannot be a request, such as the
 * first bytes of TLS, is refused before a whole head has come.
 */
export function requestHead(bytes: Buffer): RequestHead {
  let start = 0;
  while (bytes[start] === CR || bytes[start] === LF) start += 1;
  const first = bytes[start];
  if (first === undefined) return tooLong(bytes.length) ?? INCOMPLETE;
  if (first < UPPER_A || first > UPPER_Z || isHttp2(bytes, start)) {
    return { kind: 'refused', status: 400 };
  }
  for (let at = bytes.indexOf(LF, start); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1] === CR ? at + 2 : at + 1;
    if (bytes[next] === LF) {
      return tooLong(next + 1) ?? { kind: 'whole', lengthBytes: next + 1 };
    }
  }
  return tooLong(bytes.length) ?? INCOMPLETE;
}

/** HTTP/2 begins with a request of its own (RFC 9113, section 3.4), which the parser knows and does not answer. */
function isHttp2(bytes: Buffer, start: number): boolean {
  return bytes.subarray(start, start + HTTP2.length).equals(HTTP2);
}

function tooLong(lengthBytes: number): RequestHead | null {
  return lengthBytes > LONGEST_HEAD_BYTES ? { kind: 'refused', status: 431 } : null;
}
