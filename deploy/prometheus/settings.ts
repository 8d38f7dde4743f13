import { parseArgs } from 'node:util';

/** What the rules and dashboards of one installation have for their own: labels, the scrape job, addresses. */
export interface RuleSettings {
  /** Labels that together name an ensemble; the last one is the ensemble's own name. */
  readonly by: readonly string[];
  /** The value of `job` that the probes are scraped under. */
  readonly job: string;
  /** Where RUNBOOK.md is read, without an anchor. */
  readonly runbookUrl: string;
  /** Where a browser reaches a probe's status page, with `{pod}`, `{instance}` and labels in braces. */
  readonly pageUrl: string;
}

/** The label that names the Kubernetes cluster, unless `--cluster-label` names another. */
const CLUSTER_LABEL = 'cluster';

/** What the committed rules are made with. */
export const DEFAULT_SETTINGS: RuleSettings = {
  by: [CLUSTER_LABEL, 'namespace', 'ensemble'],
  job: 'quorum-probe',
  runbookUrl: 'https://quorum-probe.example.com/RUNBOOK.md',
  pageUrl: 'http://{instance}/',
};

/** How a command is called, as it is printed where an option is wrong. */
export function usageOf(script: 'rules' | 'dashboard'): string {
  return `npm run ${script} -- [--by=namespace,ensemble] [--cluster-label=cluster] [--job=quorum-probe]
  [--runbook-url=https://…/RUNBOOK.md] [--page-url=http://{instance}/] [--out=FOLDER]
  --by             labels that name an ensemble within a cluster, its own name last
  --cluster-label  the label that names the cluster; empty where one Prometheus serves one cluster
  --page-url       where a browser reaches a status page: {pod}, {instance} or a label of --by in braces`;
}

/** Settings from the command line, and the folder to write to; `null` where none is named. */
export interface Command {
  readonly settings: RuleSettings;
  readonly out: string | null;
}

/** @throws with one line that names the option, where a value cannot be used. */
export function commandOf(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      by: { type: 'string', default: 'namespace,ensemble' },
      'cluster-label': { type: 'string', default: CLUSTER_LABEL },
      job: { type: 'string', default: DEFAULT_SETTINGS.job },
      'runbook-url': { type: 'string', default: DEFAULT_SETTINGS.runbookUrl },
      'page-url': { type: 'string', default: DEFAULT_SETTINGS.pageUrl },
      out: { type: 'string' },
    },
  });
  const cluster = values['cluster-label'];
  const by = [...(cluster === '' ? [] : [cluster]), ...values.by.split(',')];
  for (const label of by) checkLabel(label);
  const runbookUrl = values['runbook-url'].replace(/#.*$/, '');
  if (!/^https?:$/.test(protocolOf(runbookUrl))) {
    throw new Error(
      `--runbook-url ${runbookUrl} is not the address of a page: begin with https://`,
    );
  }
  const pageUrl = values['page-url'];
  checkPage(pageUrl, by);
  if (!/^[\w./:-]+$/.test(values.job)) {
    throw new Error(
      `--job ${values.job} is not the name of a scrape job: letters, digits and -_./:`,
    );
  }
  return {
    settings: { by: [...new Set(by)], job: values.job, runbookUrl, pageUrl },
    out: values.out ?? null,
  };
}

function checkLabel(label: string): void {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label)) {
    throw new Error(
      `"${label}" is not the name of a label: --by and --cluster-label take label names`,
    );
  }
  if (['pod', 'job', 'instance'].includes(label)) {
    throw new Error(`the label ${label} names one probe, not an ensemble: leave it out of --by`);
  }
}

function checkPage(url: string, by: readonly string[]): void {
  const known = [...by, 'pod', 'instance'];
  for (const [placeholder, label = ''] of url.matchAll(/\{(\w*)\}/g)) {
    if (!known.includes(label)) {
      throw new Error(`--page-url has ${placeholder}, which is none of {${known.join('}, {')}}`);
    }
  }
  if (!/^https?:$/.test(protocolOf(url.replaceAll(/\{\w+\}/g, 'x')))) {
    throw new Error(`--page-url ${url} is not the address of a page: begin with http://`);
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
