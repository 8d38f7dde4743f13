import type { RequestHandler } from 'express';
import { Problem } from '../config/problem.ts';
import { followFile } from '../evidence/followed-file.ts';
import type { TlsDoor } from '../http/tls.ts';
import type { ServeCommand } from '../model/settings.ts';
import type { WebConfig } from '../model/web-config.ts';
import { readWebMaterial, type WebMaterial } from './web-material.ts';

/** How often it is looked for other certificates and passwords. */
const POLL_MS = 2_000;

export interface WebAccessEdges {
  /** Is told why a change is not followed. */
  readonly onTrouble: (reason: string) => void;
  readonly onChange: () => void;
  /** Is told of a fault of the probe itself. */
  readonly onError: (error: unknown) => void;
}

/** Who gets in at `--listen`, and how. */
export interface WebAccess {
  /** `null` for plain HTTP. */
  readonly door: TlsDoor | null;
  /** `null` where everybody is let in. */
  readonly authenticate: RequestHandler | null;
  stop(): void;
}

const OPEN: WebAccess = { door: null, authenticate: null, stop() {} };

/** Follows the file of `--web-config`. Rejects with one clear line where it cannot be obeyed. */
export async function openWebAccess(
  command: Pick<ServeCommand, 'webConfig' | 'ask' | 'peerClientConfig' | 'listenHealth'>,
  { onTrouble, onChange, onError }: WebAccessEdges,
): Promise<WebAccess> {
  const { webConfig: path } = command;
  if (path === null) return OPEN;
  let first: WebMaterial | null = null;
  let door: TlsDoor | null = null;
  const read = async () => {
    const got = await readWebMaterial(path);
    refuseLockedOut(command, path, got.value.config);
    if (first !== null) refuseOtherKind(path, first, got.value);
    return got;
  };
  const change = ({ tls }: WebMaterial): void => {
    if (tls !== null) door?.renew(tls);
    onChange();
  };
  const file = await followFile(path, read, {
    change,
    trouble: (reason) =>
      onTrouble(`web configuration: ${reason}; the last good one stays in force`),
  });
  first = file.value();
  if (first.tls !== null) door = (await import('../http/tls.ts')).tlsDoor(first.tls);
  const timer = setInterval(() => void file.poll(), POLL_MS).unref();
  return {
    door,
    authenticate: await authentication(() => file.value().config.users, onError),
    stop: () => clearInterval(timer),
  };
}

/** Refuses what would keep the kubelet or the other members out for good. */
function refuseLockedOut(
  {
    ask,
    peerClientConfig,
    listenHealth,
  }: Pick<ServeCommand, 'ask' | 'peerClientConfig' | 'listenHealth'>,
  path: string,
  { tls, users }: WebConfig,
): void {
  const requires =
    tls?.clientAuth === 'RequireAnyClientCert' || tls?.clientAuth === 'RequireAndVerifyClientCert';
  if (requires && listenHealth === null) {
    throw new Problem(
      `${path}: tls_server_config.client_auth_type ${tls.clientAuth} would lock out the kubelet, which has no certificate; add --listen-health=4889, and let its probes and hooks ask there`,
    );
  }
  const isPlain = tls === null && users.size === 0;
  if (!isPlain && ask.includes('peers') && peerClientConfig === null) {
    throw new Problem(
      `${path}: the other members' probes need the same settings, so --ask peers requires --peer-client-config; add it`,
    );
  }
}

/** A listener is made once. */
function refuseOtherKind(path: string, { tls }: WebMaterial, next: WebMaterial): void {
  const kindOf = (one: WebMaterial['tls']) => one?.config.clientAuth ?? 'plain HTTP';
  if (kindOf(tls) === kindOf(next.tls)) return;
  throw new Problem(
    `${path}: changes from ${kindOf(tls)} to ${kindOf(next.tls)}, which needs a restart of the probe`,
  );
}

async function authentication(
  users: () => ReadonlyMap<string, string>,
  onError: (error: unknown) => void,
): Promise<RequestHandler> {
  const { basicAuth } = await import('../http/auth/basic-auth.ts');
  const { createPasswordChecks } = await import('../http/auth/password-checks.ts');
  const { verifyInThread } = await import('../http/auth/verify.ts');
  const checks = createPasswordChecks({
    verify: verifyInThread(),
    nowMs: () => performance.now(),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref()),
    onError,
  });
  return basicAuth(users, checks);
}
