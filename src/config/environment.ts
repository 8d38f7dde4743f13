import { nearest } from './nearest.ts';
import { ALL_OPTIONS, VARIABLE_PREFIX, variableOf } from './options.ts';
import { Problem, quote } from './problem.ts';
import { fromEnvironment, type Given, type GivenSettings } from './sources.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings in the environment; an empty variable counts as not set, as manifests leave it. */
export function readEnvironment(environment: Environment): GivenSettings {
  const optionByVariable = new Map(ALL_OPTIONS.map((option) => [variableOf(option), option]));
  const services = injectedServices(environment);
  const settings = new Map<string, Given>();
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(VARIABLE_PREFIX) || text === undefined || text.trim() === '') continue;
    const option = optionByVariable.get(variable);
    if (option !== undefined) {
      settings.set(option.name, fromEnvironment(option, text));
    } else if (!services.some((service) => isInjected(variable, service))) {
      throw new Problem(
        `unknown variable ${quote(variable)}; ${meant(variable, [...optionByVariable.keys()])}`,
      );
    }
  }
  return settings;
}

/** The prefix, which all have, says nothing about what was meant. */
function meant(variable: string, variables: readonly string[]): string {
  const names = variables.map((name) => name.slice(VARIABLE_PREFIX.length));
  const closest = nearest(variable.slice(VARIABLE_PREFIX.length), names);
  return closest === null
    ? 'remove it; "quorum-probe --help" lists the options'
    : `did you mean ${VARIABLE_PREFIX}${closest}?`;
}

/**
 * The services, as Kubernetes spells them in variables, whose variables may share our prefix: the one named
 * quorum-probe, and longer names (quorum-probe-metrics) that show by the `_SERVICE_HOST` that always comes along.
 */
function injectedServices(environment: Environment): readonly string[] {
  const longer = Object.keys(environment).flatMap(
    (variable) => /^(QUORUM_PROBE_[A-Z0-9_]+)_SERVICE_HOST$/.exec(variable)?.[1] ?? [],
  );
  return ['QUORUM_PROBE', ...longer];
}

/** https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
function isInjected(variable: string, service: string): boolean {
  if (!variable.startsWith(`${service}_`)) return false;
  return /^(?:SERVICE_HOST|SERVICE_PORT(?:_.*)?|PORT|PORT_\d+_(?:TCP|UDP|SCTP)(?:_.*)?)$/.test(
    variable.slice(service.length + 1),
  );
}
