import type { Listen, Settings } from '../model/settings.ts';
import { normalAddress } from './addresses.ts';
import { isHostName } from './hosts.ts';
import { Problem, quote } from './problem.ts';

/** `[HOST:]PORT`: without a host, or with `*` for it: every address of both families. Port 0 takes a free one. */
export function parseListen(text: string): Listen {
  const [, host = '', digits] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new Problem(`${quote(text)} has no port; write it as 4888 or 127.0.0.1:4888`);
  }
  const port = Number(digits);
  if (port > 65_535) {
    throw new Problem(`${quote(text)} has no valid port; write a number from 0 to 65535`);
  }
  return { host: listenHost(host, text), port };
}

function listenHost(host: string, text: string): string | null {
  if (host === '' || host === '*') return null;
  if (host.includes(':') && !host.startsWith('[')) {
    throw new Problem(
      `${quote(text)} is ambiguous; put an IPv6 address in brackets, as [::1]:4888`,
    );
  }
  const address = normalAddress(host);
  if (address !== null) return address;
  if (isHostName(host)) return host;
  throw new Problem(`${quote(text)} has no host; write it as 4888 or 127.0.0.1:4888`);
}

/**
 * Where a mesh proxy's admin is, as `15000` or `[::1]:15000`. It has no authentication: whatever is not
 * the pod's own loopback is not asked, since an admin that is no longer there would be another's.
 */
export function parseEnvoyAdmin(text: string): Settings['envoyAdmin'] {
  const [, host = 'localhost', digits = ''] = /^(?:(.*):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const isBare = host.includes(':') && !host.startsWith('[');
  const address = isBare ? null : normalAddress(host);
  const isLoopback = address === '::1' || address?.startsWith('127.') === true;
  if (port < 1 || port > 65_535 || !(isLoopback || host === 'localhost')) {
    throw new Problem(
      `${quote(text)} is not the admin interface of this pod's proxy; write its port, such as 15000, or a loopback address and the port, such as 127.0.0.1:15000 or [::1]:15000`,
    );
  }
  return { host: address, port };
}
