import { type Option, variableOf } from './options.ts';
import { Problem } from './problem.ts';

/** Where a setting was given, the strongest first. */
export const SOURCES = ['flag', 'environment', 'file'] as const;
export type Source = (typeof SOURCES)[number];

/** A setting as the user wrote it. */
export interface Given {
  readonly text: string;
  readonly source: Source;
  /** How an error line names it: `--settle`, `QUORUM_PROBE_SETTLE` or `settle in FILE`. */
  readonly where: string;
}

/** Settings by option name. */
export type GivenSettings = ReadonlyMap<string, Given>;

/** Flags outrank the environment, and the environment the configuration file. */
export function merge(
  flags: GivenSettings,
  environment: GivenSettings,
  file: GivenSettings,
): GivenSettings {
  return new Map([...file, ...environment, ...flags]);
}

/** The value of an option that has a default. */
export function valueIn<T>(settings: GivenSettings, option: Option<T, string>): T {
  return givenIn(settings, option) ?? option.type.parse(option.default);
}

/** The value of an option, or `null` where it was not given. */
export function givenIn<T>(settings: GivenSettings, option: Option<T>): T | null {
  const given = settings.get(option.name);
  return given === undefined ? null : blaming(given.where, () => option.type.parse(given.text));
}

/** Runs `check`; a Problem in it is put down to `where`. */
export function blaming<T>(where: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof Problem ? new Problem(`${where}: ${error.message}`) : error;
  }
}

/** How an error line names an option: as it was given, or as a flag. */
export function whereOf(settings: GivenSettings, option: Option): string {
  return settings.get(option.name)?.where ?? `--${option.name}`;
}

/**
 * Of options that exclude each other keeps the one from the strongest source, so that a flag replaces
 * another choice of the environment's. Two from one source contradict each other.
 */
export function keepStrongest(settings: GivenSettings, rivals: readonly Option[]): GivenSettings {
  const given = rivals.filter(({ name }) => settings.has(name));
  const ranks = given.map((option) => rankOf(settings, option));
  const [first, second] = given.filter((option) => rankOf(settings, option) === Math.min(...ranks));
  if (first !== undefined && second !== undefined) {
    throw new Problem(
      `${whereOf(settings, first)} and ${whereOf(settings, second)} exclude each other; use one of them`,
    );
  }
  const dropped = new Set(given.filter((option) => option !== first).map(({ name }) => name));
  return new Map([...settings].filter(([name]) => !dropped.has(name)));
}

/** Whether an option is given, and not merely left over from a weaker source than `other`'s. */
export function standsBeside(settings: GivenSettings, option: Option, other: Option): boolean {
  return settings.has(option.name) && rankOf(settings, option) <= rankOf(settings, other);
}

function rankOf(settings: GivenSettings, option: Option): number {
  const given = settings.get(option.name);
  return given === undefined ? SOURCES.length : SOURCES.indexOf(given.source);
}

export function fromFlag(option: Option, text: string): Given {
  return { text, source: 'flag', where: `--${option.name}` };
}

export function fromEnvironment(option: Option, text: string): Given {
  return { text, source: 'environment', where: variableOf(option) };
}
