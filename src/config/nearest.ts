/** The end of an error line: `did you mean --members?` where a candidate is near to `word`, else `otherwise`. */
export function didYouMean(word: string, candidates: readonly string[], otherwise: string): string {
  const closest = nearest(word, candidates);
  return closest === null ? otherwise : `did you mean ${closest}?`;
}

/**
 * The candidate that `word` was probably meant to be, or `null` where none is near: at most a third of the
 * letters differ, or one of the two holds the other. Of several it takes the fewest edits, of equals the first.
 */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const near = candidates
    .map((candidate) => ({ candidate, ...likeness(bare(word), bare(candidate)) }))
    .filter(({ edits, most, holds }) => edits <= most || holds);
  const fewest = Math.min(...near.map(({ edits }) => edits));
  return near.find(({ edits }) => edits === fewest)?.candidate ?? null;
}

/** A word that is part of many others says nothing: `on` is in `json`. */
const LEAST_PART = 3;

function likeness(a: string, b: string) {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return {
    edits: editDistance(a, b),
    most: Math.max(1, Math.floor(longer.length / 3)),
    holds: shorter.length >= LEAST_PART && (longer.startsWith(shorter) || longer.endsWith(shorter)),
  };
}

/** Without the dashes of an option, which all options have. */
function bare(word: string): string {
  return word.slice(0, LONGEST_WORD).replace(/^-+/, '').toLowerCase();
}

/** Longer words are typed by no one, and would make the comparison slow. */
const LONGEST_WORD = 100;

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  const a = from.slice(0, LONGEST_WORD);
  const b = to.slice(0, LONGEST_WORD);
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? at(beforeLast, j - 2) + 1
          : replaced;
      row.push(Math.min(replaced, swapped, at(last, j) + 1, at(row, j - 1) + 1));
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
