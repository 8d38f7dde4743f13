import type { Address } from '../model/socket.ts';
import { parseAddress } from '../proc/printed-address.ts';
import { countField, textField } from './json-fields.ts';

/** An `envoy.config.core.v3.Address` of a TCP endpoint; `null` where it is something else. */
export function readSocketAddress(
  address: unknown,
): { readonly address: Address; readonly port: number } | null {
  const host = parseAddress(textField(address, 'socket_address', 'address') ?? '');
  const port = countField(address, 'socket_address', 'port_value');
  return host === null || port === null || port > 65_535 ? null : { address: host, port };
}
