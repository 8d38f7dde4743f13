import { METRICS } from '../../src/http/metrics/table.ts';
import { FINDING_CODES } from '../../src/model/findings.ts';
import { CHECK_STATUSES, MEMBER_ROLES, VERDICTS } from '../../src/model/report.ts';
import { PROFILES } from '../../src/profiles/index.ts';

/** One step of relabelling scraped series, as a scrape configuration has it. */
export interface Relabelling {
  readonly source_labels: readonly string[];
  readonly regex: string;
  readonly action: 'keep' | 'drop';
}

/** One use of a metric in a query: what its labels must be. */
interface Use {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** The values of labels that have a fixed list of them. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  status: CHECK_STATUSES,
  verdict: VERDICTS,
  from: VERDICTS,
  to: VERDICTS,
  role: MEMBER_ROLES,
  code: FINDING_CODES.map(({ code }) => code),
  severity: [...new Set(FINDING_CODES.map(({ severity }) => severity))],
  port_role: [
    ...new Set([...PROFILES.values()].flatMap(({ ports }) => ports.map(({ role }) => role))),
  ],
};

/**
 * Relabelling that keeps the metrics that are used in these queries and drops, of their series, those with
 * label values that no query asks for. A query finds the same series with it as without it.
 */
export function keepListFor(queries: readonly string[]): readonly Relabelling[] {
  const uses = queries.flatMap(usesIn);
  const names = METRICS.map(({ name }) => name).filter((name) =>
    uses.some(({ metric }) => metric === name),
  );
  return [
    { source_labels: ['__name__'], regex: names.join('|'), action: 'keep' },
    ...names.flatMap((name) => unusedValues(name, uses)),
  ];
}

function unusedValues(name: string, uses: readonly Use[]): Relabelling[] {
  const ofMetric = uses.filter(({ metric }) => metric === name);
  const labels = METRICS.find((metric) => metric.name === name)?.labels ?? [];
  return labels.flatMap((label): Relabelling[] => {
    const unused = (VALUES[label] ?? []).filter((value) =>
      ofMetric.every(({ matchers }) => matchers.some((each) => refuses(each, label, value))),
    );
    if (unused.length === 0) return [];
    const regex = `${name};(${unused.join('|')})`;
    return [{ source_labels: ['__name__', label], regex, action: 'drop' }];
  });
}

function refuses(matcher: Matcher, label: string, value: string): boolean {
  // A variable of a dashboard may stand for any value.
  if (matcher.label !== label || matcher.value.includes('$')) return false;
  const pattern = new RegExp(`^(?:${matcher.value})$`);
  const isMatch = matcher.operator.endsWith('~') ? pattern.test(value) : matcher.value === value;
  return matcher.operator.startsWith('!') ? isMatch : !isMatch;
}

/** Each use of a metric of the probe in a query, or in a template that asks one. */
function usesIn(query: string): Use[] {
  return METRICS.flatMap(({ name }) =>
    [...query.matchAll(new RegExp(`(?<![\\w:])${name}(?![\\w:])(?:\\{([^}]*)\\})?`, 'g'))].map(
      ([, selector = '']) => ({ metric: name, matchers: matchersIn(selector) }),
    ),
  );
}

function matchersIn(selector: string): Matcher[] {
  return [...selector.matchAll(/(\w+)(=~|!~|!=|=)\\?"([^"\\]*)/g)].map(
    ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
  );
}
