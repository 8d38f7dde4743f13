import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fetchedTool } from './deploy/tools.ts';

/** Programs that some tests run, and that the project does not depend on. */
export type Tool =
  | 'kubectl'
  | 'helm'
  | 'prometheus'
  | 'promtool'
  | 'prometheus-alertmanager'
  | 'curl'
  | 'openssl'
  | 'chromium';

interface Provided {
  /** Where the tool is, or `null` where it must be fetched or installed first. */
  find(): string | null;
  /** What to do to have it. */
  readonly how: string;
}

const TOOLS: Readonly<Record<Tool, Provided>> = {
  kubectl: { find: () => fetchedTool('kubectl'), how: '`npm run test:deploy` fetches it' },
  helm: { find: () => fetchedTool('helm'), how: '`npm run test:deploy` fetches it' },
  prometheus: {
    find: () => onPath('prometheus'),
    how: 'install the Debian package prometheus',
  },
  promtool: { find: () => onPath('promtool'), how: 'install the Debian package prometheus' },
  'prometheus-alertmanager': {
    find: () => onPath('prometheus-alertmanager'),
    how: 'install the Debian package prometheus-alertmanager',
  },
  curl: { find: () => onPath('curl'), how: 'install the Debian package curl' },
  openssl: { find: () => onPath('openssl'), how: 'install the Debian package openssl' },
  chromium: {
    find: () => existing(process.env['CHROMIUM_PATH']) ?? onPath('chromium'),
    how: 'install the Debian package chromium, or set CHROMIUM_PATH',
  },
};

function existing(path: string | undefined): string | null {
  return path !== undefined && existsSync(path) ? path : null;
}

function onPath(program: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, program)).find(existsSync) ?? null;
}

/** The path of a tool; throws where it is missing. */
export function toolPath(tool: Tool): string {
  const path = TOOLS[tool].find();
  if (path === null) throw new Error(missing(tool));
  return path;
}

/**
 * Why a test that needs the tool is skipped, or `false` when it runs; the runner counts the tests
 * that give the same reason. Throws under `CI=true`, where a missing tool is a failure.
 */
export function skipWithout(tool: Tool): string | false {
  if (TOOLS[tool].find() !== null) return false;
  if (process.env['CI'] === 'true') throw new Error(missing(tool));
  return missing(tool);
}

function missing(tool: Tool): string {
  return `${tool} is missing: ${TOOLS[tool].how}`;
}
