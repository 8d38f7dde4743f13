import { Problem, quote } from '../../config/problem.ts';

/** Whom to ask. */
export type Target =
  | { readonly kind: 'statefulset'; readonly name: string }
  | { readonly kind: 'selector'; readonly selector: string }
  | { readonly kind: 'pods'; readonly names: readonly string[] };

/** Kubernetes' own rule for names of pods and StatefulSets (RFC 1123 subdomain). */
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads the words that name the target, and the selector; throws a Problem that says what to write. */
export function targetFrom(words: readonly string[], selector: string | null): Target {
  if (selector !== null) {
    if (words.length > 0) {
      throw new Problem(`-l and ${quote(words[0] ?? '')} exclude each other; give one of them`);
    }
    if (selector.startsWith('-')) throw new Problem(`-l needs a selector, such as app=zk`);
    return { kind: 'selector', selector };
  }
  const sets = words.filter((word) => isSet(word));
  const [first, second] = words;
  if (first === undefined) {
    throw new Problem(
      'diagnose needs a target: statefulset/NAME, names of pods, or -l SELECTOR; to judge a saved folder, --from DIR',
    );
  }
  if (sets.length > 0) {
    if (second !== undefined) {
      throw new Problem(`${quote(second)}: one StatefulSet is diagnosed at a time`);
    }
    return { kind: 'statefulset', name: objectName(first) };
  }
  return { kind: 'pods', names: [...new Set(words.map(objectName))] };
}

/** As a person wrote it, for headings. */
export function targetText(target: Target): string {
  switch (target.kind) {
    case 'statefulset':
      return `statefulset/${target.name}`;
    case 'selector':
      return `-l ${target.selector}`;
    case 'pods':
      return target.names.map((name) => `pod/${name}`).join(' ');
  }
}

function isSet(word: string): boolean {
  return /^(?:sts|statefulsets?)(?:\.apps)?\//.test(word);
}

function objectName(word: string): string {
  const [kind, ...rest] = word.split('/');
  const name = rest.length === 0 ? word : rest.join('/');
  const isPod = rest.length === 0 || kind === 'pod' || kind === 'pods' || kind === 'po';
  if (!isPod && !isSet(word)) {
    throw new Problem(
      `${quote(word)} is neither a StatefulSet nor a pod; write statefulset/NAME or a pod's name`,
    );
  }
  if (!OBJECT_NAME.test(name)) {
    throw new Problem(`${quote(name)} is not a name that Kubernetes allows`);
  }
  return name;
}
