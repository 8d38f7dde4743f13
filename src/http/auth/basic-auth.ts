import type { RequestHandler, Response } from 'express';
import { clientAddress } from '../connections/house.ts';
import type { Credentials, PasswordChecks } from './password-checks.ts';

/** As long as a request's headers may be, and longer than any password. */
const LONGEST = 1_024;

/**
 * Lets in who gives a user's name and password (RFC 7617), by the users of the moment; everybody where there are
 * none. What is to be let in without must come before it.
 */
export function basicAuth(
  users: () => ReadonlyMap<string, string>,
  checks: PasswordChecks,
): RequestHandler {
  return async (request, response, next) => {
    const all = users();
    if (all.size === 0) {
      next();
      return;
    }
    const given = credentialsIn(request.headers.authorization);
    const from = clientAddress(request);
    const checked = given === null ? 'wrong' : await checks.check(given, all, from);
    if (response.destroyed) return;
    if (checked === 'right') next();
    else if (checked === 'wrong') unauthorized(response);
    else busy(response);
  };
}

function unauthorized(response: Response): void {
  response.status(401).set('WWW-Authenticate', 'Basic realm="quorum-probe", charset="UTF-8"');
  response.type('text/plain').send('a name and a password are required\n');
}

function busy(response: Response): void {
  response.status(503).set({ 'Retry-After': '1', Connection: 'close' }).type('text/plain');
  response.send('too many passwords wait to be checked; ask again in a second\n');
}

/** What an `Authorization` header says; `null` for another scheme and for what is none. */
function credentialsIn(header: string | undefined): Credentials | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(header ?? '') ?? [];
  if (encoded === undefined || encoded.length > LONGEST) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
