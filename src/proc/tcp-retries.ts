import { readRegular } from '../regular-file.ts';

/** The file holds one number. */
const FILE_BYTES = 64;

/**
 * `net.ipv4.tcp_retries2` (`Documentation/networking/ip-sysctl.rst`), which holds for IPv6 too; `null` where
 * it cannot be read, as in a copied folder that lacks it.
 */
export async function readTcpRetries(root: string): Promise<number | null> {
  try {
    const text = (await readRegular(`${root}/sys/net/ipv4/tcp_retries2`, FILE_BYTES)).trim();
    return /^\d{1,3}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
