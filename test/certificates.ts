import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { toolPath } from './tools.ts';

/** A certificate and its key, as files in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** An authority of a test's own. */
export interface Authority {
  readonly folder: string;
  /** Its own certificate. */
  readonly ca: string;
  /** Issues a certificate for a server or a client with these names, such as `IP:127.0.0.1`. */
  issue(name: string, ...alternatives: readonly string[]): Pair;
  textOf(path: string): string;
}

const DAYS = ['-days', '30'];
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority in a folder of its own, which goes at the test's end. */
export function authority(t: Pick<TestContext, 'after'>, name = 'test authority'): Authority {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-certificates-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const at = (file: string) => join(folder, file);
  const openssl = (...words: string[]) =>
    execFileSync(toolPath('openssl'), words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const subject = (of: string) => ['-subj', `/CN=${of}`];
  const files = ['-keyout', at('ca.key'), '-out', at('ca.crt')];
  openssl('req', '-x509', ...KEY, ...files, ...DAYS, ...subject(name));
  return {
    folder,
    ca: at('ca.crt'),
    issue(of, ...alternatives) {
      const pair = { cert: at(`${of}.crt`), key: at(`${of}.key`) };
      const request = at(`${of}.csr`);
      openssl('req', ...KEY, '-keyout', pair.key, '-out', request, ...subject(of));
      const names = alternatives.length === 0 ? `DNS:${of}` : alternatives.join(',');
      writeFileSync(at(`${of}.ext`), `subjectAltName=${names}\n`);
      const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'];
      const extensions = ['-extfile', at(`${of}.ext`)];
      openssl('x509', '-req', '-in', request, ...by, '-out', pair.cert, ...DAYS, ...extensions);
      return pair;
    },
    textOf: (path) => readFileSync(path, 'utf8'),
  };
}
