import type { Endpoint } from '../model/socket.ts';
import { parseAddress } from '../proc/printed-address.ts';
import { portOfService } from './services.ts';

/** What a printed end of a connection says. */
export type EndReading =
  | {
      readonly kind: 'endpoint';
      readonly endpoint: Endpoint;
      /** True where a name stood for the address or the port. */
      readonly named: boolean;
      /** True where the tool may have cut the address short: the text that is left ends in `…`. */
      readonly cut: boolean;
    }
  /** A host's name, or a service's that is none of ours; the port where it is a number. */
  | { readonly kind: 'name'; readonly host: string; readonly port: number | null }
  /** The tool cut the end off, so that the port is not known. */
  | { readonly kind: 'cut-port' }
  | { readonly kind: 'bad' };

const BAD: EndReading = { kind: 'bad' };

/** The width of an address column, into which `netstat` of Linux fits an address without `-W`. */
const COLUMN_CHARS = 23;

/**
 * `ADDRESS:PORT` as Linux and Windows print it, or `ADDRESS.PORT` as BSD and macOS do; `*` stands for port 0.
 * Names are read for the ports that matter and for the loopback address. `fitted`: the tool cuts what is
 * wider than its column.
 */
export function readEnd(text: string, fitted: boolean): EndReading {
  const at = separatorOf(text);
  if (at < 1) return BAD;
  const host = text.slice(0, at);
  const service = text.slice(at + 1);
  const full = fitted && text.length === COLUMN_CHARS;
  if (service === '') return full ? { kind: 'cut-port' } : BAD;
  const port = readPort(service);
  if (port === null) return BAD;
  const { number, named } = port;
  if (number === null) return withoutPort(host);
  const fills = full && host.includes(':') && !host.includes('[');
  const address = parseAddress(host);
  if (address === null) return byName(host, number, named);
  // busybox cuts the whole text, net-tools the address alone, which then is not whole.
  if (fills && isMapped(host) && number < 10_000) return { kind: 'cut-port' };
  return { kind: 'endpoint', endpoint: { address, port: number }, named, cut: fills };
}

/** An end whose service is none of ours. */
function withoutPort(host: string): EndReading {
  if (parseAddress(host) === null && isBrokenAddress(host)) return BAD;
  return { kind: 'name', host, port: null };
}

/** An end with a port whose host is no whole address. */
function byName(host: string, port: number, named: boolean): EndReading {
  if (/^[\d.]+$/.test(host)) return BAD;
  if (isLoopbackName(host)) {
    const endpoint = { address: host.includes('6') ? '::1' : '127.0.0.1', port };
    return { kind: 'endpoint', endpoint, named: true, cut: false };
  }
  if (isCutAddress(host)) {
    const endpoint = { address: `${host.toLowerCase()}…`, port };
    return { kind: 'endpoint', endpoint, named, cut: true };
  }
  return isBrokenAddress(host) ? BAD : { kind: 'name', host, port };
}

/** Only characters of an address, and none. */
function isBrokenAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || (/^[\da-f:.]+$/i.test(host) && host.includes(':'));
}

/** The last colon, or where there is no colon after it, the last dot: `*.2181`, `fe80::1%lo0.2181`. */
function separatorOf(text: string): number {
  return isDotted(text) ? text.lastIndexOf('.') : text.lastIndexOf(':');
}

/** Whether a dot stands before the port, as BSD and macOS print it. */
export function isDotted(text: string): boolean {
  return !text.endsWith(']') && text.lastIndexOf('.') > text.lastIndexOf(':');
}

interface PortReading {
  /** `null` for a service that is none of ours. */
  readonly number: number | null;
  readonly named: boolean;
}

function readPort(text: string): PortReading | null {
  if (text === '*') return { number: 0, named: false };
  if (/^\d+$/.test(text)) {
    const number = text.length <= 5 ? Number(text) : Number.NaN;
    return number <= 65_535 ? { number, named: false } : null;
  }
  if (!/^[a-z\d][\w.+/-]*$/i.test(text)) return null;
  return { number: portOfService(text), named: true };
}

function isMapped(host: string): boolean {
  return /^::ffff:[\d.]+$/i.test(host);
}

/** `localhost`, `localhost6`, `ip6-localhost`, also with a domain or with its end cut off. */
function isLoopbackName(host: string): boolean {
  return /^(?:ip6-)?(?:localhost|loopback)/i.test(host);
}

/** Part of an IPv6 address, which does not read as a whole one. */
function isCutAddress(host: string): boolean {
  return host.length > 12 && /^[\da-f]*:[\da-f:.]*:[\da-f:.]*$/i.test(host);
}
