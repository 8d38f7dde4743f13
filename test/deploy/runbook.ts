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

/** The targets of a page's links within `deploy/`, as `PAGE#ANCHOR`. */
export function linksOf(page: string): string[] {
  const text = readFileSync(join(deployFolder, page), 'utf8');
  return [...text.matchAll(/\]\(((?:[A-Z]+\.md)?(?:#[\w-]+)?)\)/g)].map(([, target = '']) =>
    target.startsWith('#') ? `${page}${target}` : target,
  );
}
