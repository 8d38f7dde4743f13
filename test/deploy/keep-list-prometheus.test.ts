import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepList } from '../../deploy/generate-scraping.ts';
import { type RecordingRule, recordsOf } from '../../deploy/prometheus/records.ts';
import { alertsOf, type RuleFile, ruleFile } from '../../deploy/prometheus/rules.ts';
import { DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';
import { type Growing, MEMBERS, type PodState, podExposition } from '../fleet/pods.ts';
import { type Prometheus, type Series, startPrometheus } from '../fleet/prometheus.ts';
import { serveTargets } from '../fleet/targets.ts';
import { skipWithout } from '../tools.ts';
import { dashboardQueries, filledIn } from './dashboard-queries.ts';

const skip = skipWithout('prometheus');
const PATIENCE_MS = 60_000;

const leads = { role: 'leader', inQuorum: true } as const;
const follows = { role: 'learner', inQuorum: true } as const;
const seeks = { role: 'looking', inQuorum: false, findings: ['no-quorum'] } as const;

/** A certificate has been at its end since then. */
const ENDED = '2026-01-01T00:00:00.000Z';

type Shown = Omit<PodState, 'member'>;

/** Ensembles of three in such states that each alert of the set fires for one of them. */
const ENSEMBLES: Readonly<Record<string, readonly Shown[]>> = {
  healthy: [leads, follows, follows],
  lost: [seeks, seeks, seeks],
  'one-out': [
    { ...leads, margin: 0 },
    follows,
    { ...seeks, findings: ['client-port-closed', 'peer-missing'] },
  ],
  'two-leaders': [leads, leads, follows],
  troubled: [
    { ...leads, stalled: 2, findings: ['accept-queue-backlog', 'srvr-disagrees'] },
    { role: 'unknown', inQuorum: null, verdict: 'unknown', findings: ['service-mismatch'] },
    {
      role: 'looking',
      inQuorum: null,
      bootstrap: true,
      findings: ['mesh-loopback-delivery', 'certificate-expiring', 'partial-partition'],
      lastScanSecondsAgo: 500,
      certificate: { subject: 'CN=zk-2', notBefore: ENDED, notAfter: ENDED },
    },
  ],
  restless: [leads, follows, follows],
  down: [leads, follows, follows],
  '': [leads, follows, follows],
};

/** The same pods are scraped twice: whole, and through the keep-list. */
const SCRAPES = ['whole', 'kept'] as const;

/** The pretended pods, of which one changes from scrape to scrape until it is calmed. */
interface Pods {
  answer(path: string): Promise<string | null>;
  calm(): void;
  /** How often the one that changed was scraped since, by the path. */
  readonly calmScrapes: ReadonlyMap<string, number>;
}

function pods(): Pods {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const write = podExposition();
  const scrapes = new Map<string, number>();
  const calmScrapes = new Map<string, number>();
  let isCalm = false;
  const countIn = (counts: Map<string, number>, path: string): number => {
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    return count;
  };
  return {
    calmScrapes,
    calm() {
      isCalm = true;
    },
    async answer(path) {
      const [, , ensemble = '', index = ''] = path.split('/');
      const shown = ENSEMBLES[ensemble]?.[Number(index)];
      const member = MEMBERS[Number(index)];
      if (shown === undefined || member === undefined || path.endsWith('/down/0')) return null;
      const grown = ensemble === 'restless' && index === '0' ? countIn(scrapes, path) : 0;
      if (isCalm && grown > 0) countIn(calmScrapes, path);
      const count = isCalm && grown > 0 ? 1_001 : grown;
      const growing: Growing = {
        nowSeconds,
        cpuSeconds: 5,
        scans: 10 + count,
        scanErrors: count,
        logLinesDropped: count,
      };
      return write({ member, ...(count % 2 === 0 && count > 0 ? follows : shown) }, growing);
    },
  };
}

function scrapeConfigs(port: number): unknown[] {
  return SCRAPES.map((scrape) => ({
    job_name: scrape,
    static_configs: Object.keys(ENSEMBLES).flatMap((ensemble) =>
      MEMBERS.map((member, index) => ({
        targets: [`127.0.0.1:${port}`],
        labels: {
          __metrics_path__: `/${scrape}/${ensemble}/${index}`,
          job: DEFAULT_SETTINGS.job,
          cluster: scrape,
          namespace: 'data',
          ...(ensemble === '' ? {} : { ensemble }),
          pod: `${ensemble}-${member}`,
        },
      })),
    ),
    ...(scrape === 'kept' ? { metric_relabel_configs: keepList() } : {}),
  }));
}

/** The rules without patience: what is to be shown does not change while the test runs. */
function impatient(): RuleFile {
  return {
    groups: ruleFile(DEFAULT_SETTINGS).groups.map(({ name, rules }) => ({
      name,
      rules: rules.map((rule) => {
        if (!('alert' in rule)) return rule;
        const { for: _, ...rest } = rule;
        return rest;
      }),
    })),
  };
}

/** An answer without the label that tells the two scrapes apart, in an order of its own. */
function comparable(answer: readonly Series[], expression: string): string[] {
  // The two are scraped at different moments, so that rates differ in their digits.
  const isRate = /rate|increase|changes|offset/.test(expression);
  return answer
    .map(({ labels: { cluster: _, ...labels }, value }) => {
      const shown = isRate ? 'a rate' : value;
      return `${JSON.stringify(Object.entries(labels).sort())} ${shown}`;
    })
    .sort();
}

/** The alerts that fire for one of the two scrapes, with their words, but for what the moment makes of them. */
async function firing(prometheus: Prometheus, cluster: string): Promise<string[]> {
  const alerts = await prometheus.alerts();
  return alerts
    .filter(({ labels }) => labels['cluster'] === cluster)
    .map(({ labels: { cluster: _, ...labels }, annotations }) => {
      const words = JSON.stringify(annotations).replaceAll(`${cluster}/`, '');
      return `${JSON.stringify(Object.entries(labels).sort())} ${words.replaceAll(/[\d.]+/g, 'n')}`;
    })
    .sort();
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, what);
    await sleep(300);
  }
}

test('alerts, recording rules and dashboards show the same with the keep-list as without it', {
  skip,
}, async (t) => {
  const pretended = pods();
  const targets = await serveTargets(pretended.answer);
  t.after(() => targets.close());
  const prometheus = await startPrometheus({
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rules: impatient(),
    scrape_configs: scrapeConfigs(targets.port),
  });
  t.after(() => prometheus.stop());

  await t.test('every alert fires in both, with the same words', async () => {
    const expected = alertsOf(DEFAULT_SETTINGS)
      .map(({ name }) => name)
      // It fires only where there is no target at all.
      .filter((name) => name !== 'QuorumProbeAbsent');
    let missing: readonly string[] = expected;
    await until('these alerts fire in both', async () => {
      const fire = await Promise.all(SCRAPES.map((scrape) => firing(prometheus, scrape)));
      missing = expected.filter((name) =>
        fire.some((alerts) => !alerts.some((alert) => alert.includes(`"${name}"`))),
      );
      return missing.length === 0;
    }).catch((error: unknown) => {
      throw new Error(`${missing.join(', ')} do not fire`, { cause: error });
    });
    pretended.calm();
    const isCalm = (count: number): boolean => count >= 4;
    await until('both have been scraped since, and evaluated', async () => {
      const counts = [...pretended.calmScrapes.values()];
      return counts.length === SCRAPES.length && counts.every(isCalm);
    });
    const [whole, kept] = await Promise.all(SCRAPES.map((each) => firing(prometheus, each)));
    assert.deepEqual(kept, whole);
  });

  const atSeconds = Date.now() / 1000;
  for (const { record } of Object.values<RecordingRule>({ ...recordsOf(DEFAULT_SETTINGS) })) {
    await t.test(`${record} is recorded alike`, async () => {
      const [whole = [], kept = []] = await Promise.all(
        SCRAPES.map((cluster) => prometheus.query(`${record}{cluster="${cluster}"}`, atSeconds)),
      );
      assert.ok(whole.length > 0);
      assert.deepEqual(comparable(kept, record), comparable(whole, record));
    });
  }

  for (const query of dashboardQueries()) {
    await t.test(`${query.at} shows the same: ${query.expr}`, async () => {
      let shown = 0;
      for (const ensemble of Object.keys(ENSEMBLES)) {
        const variables = { namespace: 'data', ensemble, __rate_interval: '5s' };
        const [whole = [], kept = []] = await Promise.all(
          SCRAPES.map((cluster) => {
            const expression = filledIn(query, { ...variables, cluster });
            return prometheus.query(expression, atSeconds);
          }),
        );
        shown += whole.length;
        assert.deepEqual(comparable(kept, query.expr), comparable(whole, query.expr), ensemble);
      }
      // A mark in the panels stands where there was a change a minute ago.
      assert.ok(shown > 0 || query.of === 'annotation', 'no series');
    });
  }
});
