import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { style } from './style.ts';

/** The page's own script, as it is shipped beside this module. */
export const liveScript = readFileSync(new URL('./live.js', import.meta.url), 'utf8');

/** The page's one policy: its own style and script by hash, its own stream, and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src '${hashOf(style)}'`,
  `script-src '${hashOf(liveScript)}'`,
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
