import { createHash } from 'node:crypto';
import { mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { Problem, quote } from '../../config/problem.ts';
import { parseNarrowJson } from '../../evidence/narrow-json.ts';
import {
  type CollectedPod,
  type Collection,
  type PodRead,
  READ_FILES,
  type ReadFile,
} from '../../model/collection.ts';
import { readBytes } from '../../regular-file.ts';
import {
  FOLDER_VERSION,
  type SavedCollection,
  type SavedFile,
  type SavedRead,
  savedCollection,
  savedVersion,
} from './folder-schema.ts';
import { printable } from './printable.ts';

const INDEX = 'collection.json';
const INDEX_BYTES = 8 * 1024 * 1024;
const INDEX_LIMITS = { maxValues: 400_000, maxEntries: 4_096 };

/** Of one file of a read, and of all of them: what a folder may make this program hold. */
const FILE_BYTES = 64 * 1024 * 1024;
const ALL_BYTES = 512 * 1024 * 1024;

/** Writes a collection so that it can be attached to a ticket and judged again; each read is a folder for `scan --proc`. */
export async function saveCollection(folder: string, collection: Collection): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length > 0) {
      throw new Problem(
        `--save: ${quote(folder)} is not empty; name a folder that is new or empty`,
      );
    }
    for (const { facts, reads } of collection.pods) {
      for (const [at, read] of reads.entries()) {
        if (read.kind === 'failed') continue;
        for (const [file, bytes] of read.files) {
          const path = join(folder, pathOf(facts.name, at, file));
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, bytes);
        }
      }
    }
    // Last, so that a folder without it was not finished.
    await writeFile(join(folder, INDEX), `${JSON.stringify(savedForm(collection), null, 2)}\n`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`--save: cannot write to ${quote(folder)} (${codeOf(error)})`);
  }
}

function pathOf(pod: string, read: number, file: ReadFile): string {
  return `pods/${pod}/read-${read + 1}/${file}`;
}

function savedForm({ damage: _, ...collection }: Collection): unknown {
  return {
    schemaVersion: FOLDER_VERSION,
    ...collection,
    pods: collection.pods.map(({ reads, envoy, ...pod }) => ({
      ...pod,
      reads: reads.map((read) =>
        read.kind === 'failed'
          ? read
          : {
              ...read,
              files: Object.fromEntries([...read.files].map(([name, text]) => [name, seal(text)])),
            },
      ),
      envoy: envoy?.kind === 'answered' ? { ...envoy, ports: [...envoy.ports] } : envoy,
    })),
  };
}

function seal(bytes: Buffer): SavedFile {
  return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * Reads a saved folder. Rejects with a Problem where it is none; a file of it that is missing, cut or changed
 * is a line of `damage`, and the read that it belongs to has failed.
 */
export async function readCollection(folder: string): Promise<Collection> {
  const saved = await readIndex(folder);
  const damage: string[] = [];
  let bytesLeft = ALL_BYTES;
  const pods: CollectedPod[] = [];
  const names = new Set<string>();
  for (const { reads, envoy, ...pod } of saved.pods) {
    const { name } = pod.facts;
    if (names.has(name)) throw new Problem(`--from: ${INDEX} names the pod ${name} twice`);
    names.add(name);
    const read: PodRead[] = [];
    for (const [at, one] of reads.entries()) {
      const before = damage.length;
      const got = await readRead(folder, name, at, one, damage, bytesLeft);
      bytesLeft -= got.bytes;
      read.push(
        damage.length === before
          ? got.read
          : { kind: 'failed', why: 'unreadable', reason: damage.slice(before).join('; ') },
      );
    }
    const [first, second] = read;
    if (first === undefined || second === undefined) continue;
    pods.push({
      ...pod,
      reads: [first, second],
      envoy: envoy?.kind === 'answered' ? { ...envoy, ports: new Map(envoy.ports) } : envoy,
    });
  }
  return { ...saved, pods, damage: damage.slice(0, 64) };
}

async function readIndex(folder: string): Promise<SavedCollection> {
  const text = await readWithin(folder, INDEX, INDEX_BYTES).catch((error: unknown) => {
    throw new Problem(
      `--from: ${quote(folder)} has no ${INDEX} that can be read (${codeOf(error)}); give a folder that diagnose --save wrote`,
    );
  });
  const json = parseNarrowJson(text.toString('utf8'), INDEX_LIMITS);
  if (json.kind === 'refused') {
    const why = json.tooLarge
      ? 'holds more than a saved folder does'
      : 'is not JSON: it was cut or changed';
    throw new Problem(`--from: ${INDEX} of ${quote(folder)} ${why}`);
  }
  const version = savedVersion.safeParse(json.value).data?.schemaVersion;
  if (version !== undefined && version !== FOLDER_VERSION) {
    throw new Problem(
      `--from: ${quote(folder)} was saved by another release: its schemaVersion is ${version}, and this release reads ${FOLDER_VERSION}; use the release that saved it`,
    );
  }
  const parsed = savedCollection.safeParse(json.value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = printable((issue?.path ?? []).join('.'));
  throw new Problem(
    `--from: ${INDEX} of ${quote(folder)} is not what diagnose --save of this release writes${path === '' ? '' : `, at ${path}`}: ${printable(issue?.message ?? '')}`,
  );
}

async function readRead(
  folder: string,
  pod: string,
  at: number,
  saved: SavedRead,
  damage: string[],
  bytesLeft: number,
): Promise<{ readonly read: PodRead; readonly bytes: number }> {
  if (saved.kind === 'failed') return { read: saved, bytes: 0 };
  const files = new Map<ReadFile, Buffer>();
  let bytes = 0;
  for (const file of READ_FILES) {
    const seal = saved.files[file];
    if (seal === undefined) continue;
    const path = pathOf(pod, at, file);
    const content = await readSealed(folder, path, seal, Math.min(FILE_BYTES, bytesLeft - bytes));
    if (typeof content === 'string') damage.push(`the folder is damaged: ${path} ${content}`);
    else {
      files.set(file, content);
      bytes += content.length;
    }
  }
  return { read: { ...saved, files }, bytes };
}

/** Reads a file of the folder; one that a symbolic link leads out of it to is none of what was saved. */
async function readWithin(folder: string, path: string, mostBytes: number): Promise<Buffer> {
  const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
  if (!file.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
    throw new Error('a symbolic link leads out of the folder');
  }
  return await readBytes(file, mostBytes);
}

/** The file's bytes, or what is wrong with it. */
async function readSealed(
  folder: string,
  path: string,
  { bytes, sha256 }: SavedFile,
  mostBytes: number,
): Promise<Buffer | string> {
  let content: Buffer;
  try {
    content = await readWithin(folder, path, Math.max(0, mostBytes));
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'is missing' : `cannot be read (${code})`;
  }
  if (content.length < bytes) return `is cut: it has ${content.length} of ${bytes} bytes`;
  return seal(content).sha256 === sha256 && content.length === bytes
    ? content
    : 'was changed after it was saved';
}

/** The file system's errors are codes; those of a file that is none, or too long, say themselves what is wrong. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return printable(error instanceof Error ? error.message : String(error));
}
