import { readClientConfig } from '../config/web-config.ts';
import { readRegular, SETTINGS_BYTES } from '../regular-file.ts';
import type { GetClient } from './bounded-get.ts';
import { type FollowedFile, followFile, type ReadFile } from './followed-file.ts';
import { pathsOf, pemText } from './pem.ts';

/**
 * How the other members' probes are asked, by a file in the words of Prometheus' HTTP client configuration that
 * is read again when it changes. Rejects with one line where it cannot be read or understood.
 */
export function followPeerClient(
  path: string,
  onTrouble: (reason: string) => void,
): Promise<FollowedFile<GetClient>> {
  const trouble = (reason: string) => onTrouble(`peer client configuration: ${reason}`);
  return followFile(path, () => readPeerClient(path), { change() {}, trouble });
}

/** The same, read once. */
export async function readPeerClient(path: string): Promise<ReadFile<GetClient>> {
  const { tls, basicAuth } = readClientConfig(path, await readRegular(path, SETTINGS_BYTES));
  const [ca, cert, key, password] = await Promise.all(
    [tls?.ca, tls?.cert, tls?.key, basicAuth?.password].map((pem) =>
      pem == null ? null : pemText(pem),
    ),
  );
  return {
    value: {
      tls:
        tls === null
          ? null
          : {
              ...(ca == null ? {} : { ca }),
              ...(cert == null ? {} : { cert }),
              ...(key == null ? {} : { key }),
              serverName: tls.serverName,
              isUnverified: tls.isUnverified,
            },
      authorization:
        basicAuth === null ? null : basic(basicAuth.username, (password ?? '').trimEnd()),
    },
    files: pathsOf([tls?.ca, tls?.cert, tls?.key, basicAuth?.password]),
  };
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
