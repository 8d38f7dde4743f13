import { Problem, quote } from './problem.ts';

/** How an option's text becomes its value; `parse` throws a Problem that says what to write instead. */
export interface ValueType<T> {
  /** How a configuration file may write it besides as text. */
  readonly shape: 'scalar' | 'list' | 'ports';
  readonly parse: (text: string) => T;
}

export function scalar<T>(parse: (text: string) => T): ValueType<T> {
  return { shape: 'scalar', parse: (text) => parse(text.trim()) };
}

/** Entries between commas, each once; `key` says which spellings mean the same. */
export function list<T>(
  item: (text: string) => T,
  key: (value: T) => string,
): ValueType<readonly T[]> {
  return {
    shape: 'list',
    parse: (text) => {
      const seen = new Set<string>();
      return text.split(',').map((entry) => {
        if (entry.trim() === '') throw new Problem('has an empty entry; remove the extra comma');
        const value = item(entry.trim());
        if (seen.has(key(value))) throw new Problem(`names ${quote(entry.trim())} twice`);
        seen.add(key(value));
        return value;
      });
    },
  };
}

export const text: ValueType<string> = scalar((written) => written);

export const flag: ValueType<boolean> = scalar((text) => {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new Problem(`${quote(text)} is neither true nor false`);
});

export function oneOf<T extends string>(words: readonly T[]): (text: string) => T {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) {
      throw new Problem(`${quote(text)} is unknown; write ${words.join(', ')}`);
    }
    return word;
  };
}

/** A whole number within bounds. */
export function count(least: number, most: number): ValueType<number> {
  return scalar((text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new Problem(`${quote(text)} is not a whole number from ${least} to ${most}`);
  });
}

const MS_PER_UNIT = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
]);

/** A duration such as `500ms`, `5s` or `1m`, in milliseconds, within bounds that are durations themselves. */
export function duration(least: string, most: string): ValueType<number> {
  const leastMs = durationMs(least);
  const mostMs = durationMs(most);
  return scalar((text) => {
    const ms = durationMs(text);
    if (Number.isNaN(ms)) {
      throw new Problem(`${quote(text)} is not a duration; write it as 500ms, 5s or 1m`);
    }
    if (ms >= leastMs && ms <= mostMs) return ms;
    throw new Problem(`${quote(text)} is out of range; write ${least} to ${most}`);
  });
}

function durationMs(text: string): number {
  const [, figure, unit] = /^(\d{1,9}(?:\.\d{1,9})?)(ms|s|m)$/.exec(text) ?? [];
  return Number(figure ?? Number.NaN) * (MS_PER_UNIT.get(unit ?? '') ?? Number.NaN);
}

/** A percentage such as `2%`, as the share 0.02. */
export const share: ValueType<number> = scalar((text) => {
  const figure = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text)?.[1];
  const percent = Number(figure ?? Number.NaN);
  if (percent > 0 && percent <= 100) return percent / 100;
  throw new Problem(`${quote(text)} is not a share of a core; write it as 2% or 0.5%`);
});
