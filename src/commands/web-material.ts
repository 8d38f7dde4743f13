import { Problem } from '../config/problem.ts';
import type { ReadFile } from '../evidence/followed-file.ts';
import { pathsOf, pemText } from '../evidence/pem.ts';
import type { TlsMaterial } from '../http/tls.ts';
import type { TlsServerConfig, WebConfig } from '../model/web-config.ts';
import { readRegular, SETTINGS_BYTES } from '../regular-file.ts';

/** A web configuration with the texts of the files that it names. */
export interface WebMaterial {
  readonly config: WebConfig;
  readonly tls: TlsMaterial | null;
}

/** Reads the file and all that it names. Rejects with one line where anything is missing or does not fit. */
export async function readWebMaterial(path: string): Promise<ReadFile<WebMaterial>> {
  const { readWebConfig } = await import('../config/web-config.ts');
  const config = readWebConfig(path, await readRegular(path, SETTINGS_BYTES));
  const { tls } = config;
  return {
    value: { config, tls: tls === null ? null : await tlsMaterial(path, tls) },
    files: pathsOf([tls?.cert, tls?.key, tls?.clientCa]),
  };
}

async function tlsMaterial(path: string, config: TlsServerConfig): Promise<TlsMaterial> {
  const { cert, key, clientCa } = config;
  const material: TlsMaterial = {
    config,
    cert: await pemText(cert),
    key: await pemText(key),
    ca: clientCa === null ? null : await pemText(clientCa),
  };
  const { checkMaterial } = await import('../http/tls.ts');
  try {
    checkMaterial(material);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Problem(
      `${path}: certificate, key and client_ca of tls_server_config cannot be used: ${reason}; give PEM files that belong together`,
    );
  }
  return material;
}
