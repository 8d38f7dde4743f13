/** `npm run scraping`: writes what scrapes the probes with the keep-list, beside what scrapes them whole. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, isSeq, parseDocument } from 'yaml';
import { dashboardFiles } from './grafana/generate.ts';
import { queriesOf } from './grafana/queries.ts';
import { keepListFor, type Relabelling } from './prometheus/keep-list.ts';
import { ruleFile } from './prometheus/rules.ts';
import { DEFAULT_SETTINGS } from './prometheus/settings.ts';

/** Every query of the alerts, their texts, the recording rules and the dashboards. */
export function allQueries(): readonly string[] {
  const rules = ruleFile(DEFAULT_SETTINGS).groups.flatMap((group) => group.rules);
  return [
    ...rules.map(({ expr }) => expr),
    ...rules.flatMap((rule) => ('annotations' in rule ? Object.values(rule.annotations) : [])),
    ...[...dashboardFiles(DEFAULT_SETTINGS).values()].flatMap((text) =>
      queriesOf(text).map(({ expr }) => expr),
    ),
  ];
}

/** The keep-list: what all of them need, and no more. */
export function keepList(): readonly Relabelling[] {
  return keepListFor(allQueries());
}

const HEAD = ` Made by \`npm run scraping\` from the file without "-keep-list": it keeps the series that the
 alerts, recording rules and dashboards of this release use, and drops the rest.`;

/** The generated files by their path below `deploy/`. */
export function scrapingFiles(): ReadonlyMap<string, string> {
  const list = keepList();
  const monitor = read('prometheus/podmonitor.yaml');
  const endpoints = monitor.getIn(['spec', 'podMetricsEndpoints']);
  const relabelings = monitor.createNode(
    list.map(({ source_labels, regex, action }) => ({
      sourceLabels: source_labels,
      regex,
      action,
    })),
  );
  relabelings.anchor = 'kept';
  for (const [index] of isSeq(endpoints) ? endpoints.items.entries() : []) {
    monitor.setIn(
      ['spec', 'podMetricsEndpoints', index, 'metricRelabelings'],
      index === 0 ? relabelings : monitor.createAlias(relabelings, 'kept'),
    );
  }
  const scrape = read('prometheus/scrape-config.yaml');
  scrape.setIn(['scrape_configs', 0, 'metric_relabel_configs'], scrape.createNode(list));
  return new Map([
    ['prometheus/podmonitor-keep-list.yaml', written(monitor)],
    ['prometheus/scrape-config-keep-list.yaml', written(scrape)],
  ]);
}

function read(path: string): Document {
  return parseDocument(readFileSync(join(import.meta.dirname, path), 'utf8'));
}

function written(document: Document): string {
  const { commentBefore } = document;
  document.commentBefore = commentBefore ? `${HEAD}\n${commentBefore}` : HEAD;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

if (import.meta.filename === process.argv[1]) {
  for (const [path, text] of scrapingFiles()) {
    writeFileSync(join(import.meta.dirname, path), text);
  }
}
