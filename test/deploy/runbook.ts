import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const deployFolder = join(import.meta.dirname, '../../deploy');

/** A section of a page: its heading's anchor as GitHub makes it, and the text below. */
export interface Section {
  readonly heading: string;
  readonly anchor: string;
  readonly text: string;
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** The sections of a page under `deploy/`. */
export function sectionsOf(page: string): Section[] {
  const [, ...parts] = readFileSync(join(deployFolder, page), 'utf8').split(/^#{2,3} /m);
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    return { heading, anchor: anchorOf(heading), text: lines.join('\n') };
  });
}

/** A page's link to something in this repository: a path below `deploy/`, and the anchor in it, if any. */
export interface LocalLink {
  readonly path: string;
  readonly anchor: string | null;
}

export function linksOf(page: string): LocalLink[] {
  const text = readFileSync(join(deployFolder, page), 'utf8');
  return [...text.matchAll(/\]\(([^):#]*)(?:#([\w-]+))?\)/g)].map(([, path, anchor]) => ({
    path: path || page,
    anchor: anchor ?? null,
  }));
}
