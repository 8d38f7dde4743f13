import type { Address } from '../../model/socket.ts';

/**
 * Whether the machine that printed a table writes numbers as most do: it prints an address as one 32-bit
 * number of its own (`net/ipv4/tcp_ipv4.c get_tcp4_sock`), so the pods' addresses show it. `little` where
 * none of them is in the table.
 */
export function byteOrderOf(
  tables: readonly Buffer[],
  addresses: readonly Address[],
): 'little' | 'big' {
  const hex = addresses.filter((address) => /^\d+(?:\.\d+){3}$/.test(address)).map(hexOf);
  const holds = (text: string): boolean =>
    tables.some((table) => table.includes(`${text.toUpperCase()}:`, 0, 'latin1'));
  const little = hex.some(({ bytes }) => holds([...bytes].reverse().join('')));
  const big = hex.some(({ bytes }) => holds(bytes.join('')));
  return big && !little ? 'big' : 'little';
}

function hexOf(address: Address): { readonly bytes: readonly string[] } {
  return {
    bytes: address.split('.').map((part) => Number(part).toString(16).padStart(2, '0')),
  };
}
