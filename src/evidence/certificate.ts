import { X509Certificate } from 'node:crypto';
import type { Certificate } from '../model/certificate.ts';
import { readRegular, SETTINGS_BYTES } from '../regular-file.ts';

/** A Secret that is renewed shows in its pods after a minute or two. */
const EVERY_MS = 60_000;

const PEM = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** A subject is whatever its maker wrote: this much of it is shown. */
const SUBJECT_CHARACTERS = 200;

export interface CertificateWatch {
  /** The one that expires first; `null` while none is known. */
  certificate(): Certificate | null;
  /** Reads the file again if it is time. Never rejects. */
  poll(): Promise<void>;
}

export interface CertificateEdges {
  /** Milliseconds of a clock that never steps back. */
  readonly clock: () => number;
  /** Is told each time that the file cannot be read or understood. */
  readonly onTrouble: (reason: string) => void;
}

/**
 * The certificate in a PEM file that expires first, of the server's own and those it was signed by. Rejects with one
 * line that names the file where there is none, and where the file holds a private key, which is nothing to be given away.
 */
export async function readCertificate(path: string): Promise<Certificate> {
  const text = await readRegular(path, SETTINGS_BYTES).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `certificate file ${path} cannot be read: ${reason}; is it mounted in this container?`,
    );
  });
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    throw new Error(
      `certificate file ${path} holds a private key; give a file with the certificate alone, such as tls.crt`,
    );
  }
  const certificates = (text.match(PEM) ?? []).map((pem) => parsed(pem, path));
  const [first, ...others] = certificates;
  if (first === undefined) {
    throw new Error(
      `certificate file ${path} holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
    );
  }
  return others.reduce((one, other) => (other.notAfter < one.notAfter ? other : one), first);
}

function parsed(pem: string, path: string): Certificate {
  try {
    const { subject, validFrom, validTo } = new X509Certificate(pem);
    return {
      subject: (subject ?? '').replaceAll('\n', ', ').slice(0, SUBJECT_CHARACTERS),
      notBefore: new Date(validFrom).toISOString(),
      notAfter: new Date(validTo).toISOString(),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`certificate file ${path} cannot be understood: ${reason}`);
  }
}

/** Follows a file. Rejects at the start where it cannot be read or understood. */
export async function watchCertificate(
  path: string,
  { clock, onTrouble }: CertificateEdges,
): Promise<CertificateWatch> {
  let known: Certificate | null = await readCertificate(path);
  let readMs = clock();
  return {
    certificate: () => known,
    async poll() {
      if (clock() - readMs < EVERY_MS) return;
      readMs = clock();
      try {
        known = await readCertificate(path);
      } catch (error) {
        // The one before may have been renewed since: what it says is no longer known.
        known = null;
        onTrouble(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
