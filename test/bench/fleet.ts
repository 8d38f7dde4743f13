import { setTimeout as sleep } from 'node:timers/promises';
import { keepList } from '../../deploy/generate-scraping.ts';
import { ruleFile } from '../../deploy/prometheus/rules.ts';
import { DEFAULT_SETTINGS } from '../../deploy/prometheus/settings.ts';
import { type Fleet, pretendedFleet } from '../fleet/fleet.ts';
import { type Prometheus, startPrometheus } from '../fleet/prometheus.ts';
import { serveTargets } from '../fleet/targets.ts';
import { figure, markdown, median } from './table.ts';

/** A fleet to be scraped: how many pods, how often, and whether whole. */
export interface FleetPlan {
  readonly pods: number;
  readonly intervalSeconds: number;
  readonly isKeepList: boolean;
  /** Scrapes of every pod in each of the two states, healthy and lost. */
  readonly rounds: number;
}

/** What one state of a fleet costs its Prometheus. */
export interface FleetCost {
  readonly series: number;
  readonly residentBytes: number;
  /** That one evaluation of all groups of rules took, one group after the other. */
  readonly ruleSeconds: number;
  /** CPU time of the whole Prometheus from one scrape of all pods to the next. */
  readonly cpuSeconds: number;
  readonly firing: number;
}

/** Two rounds pass before the first that is measured: series are new, and alerts become pending. */
const UNMEASURED = 2;
const DISCOVERY_MS = 30_000;

/** What pretended fleets cost a real Prometheus, healthy and with every quorum lost, as Markdown. */
export async function benchFleet(plans: readonly FleetPlan[]): Promise<string> {
  const rows: string[][] = [];
  for (const plan of plans) {
    const { healthy, lost } = await measureFleet(plan);
    rows.push([
      `${plan.pods} pods each ${plan.intervalSeconds} s, ${plan.isKeepList ? 'keep-list' : 'all series'}`,
      `${healthy.series}`,
      figure(healthy.residentBytes / 2 ** 20),
      figure(lost.residentBytes / 2 ** 20),
      figure(healthy.ruleSeconds),
      figure(lost.ruleSeconds),
      figure(healthy.cpuSeconds),
      figure(lost.cpuSeconds),
      `${lost.firing}`,
    ]);
  }
  return markdown(
    [
      '',
      'series',
      'resident MiB, healthy',
      'all lost',
      'rules, s, healthy',
      'all lost',
      'CPU s an interval, healthy',
      'all lost',
      'alerts that fire then',
    ],
    rows,
  );
}

/** Scrapes one fleet for its rounds, first healthy and then lost, and stops. */
export async function measureFleet(
  plan: FleetPlan,
): Promise<{ readonly healthy: FleetCost; readonly lost: FleetCost }> {
  const fleet = await pretendedFleet(plan.pods);
  const targets = await serveTargets(fleet.answer);
  try {
    const prometheus = await startPrometheus({
      global: everySeconds(plan.intervalSeconds),
      rules: ruleFile(DEFAULT_SETTINGS),
      scrape_configs: [scrapeConfig(fleet, targets.port, plan.isKeepList)],
    });
    try {
      await allScraped(prometheus, plan);
      const healthy = await cost(prometheus, plan);
      fleet.lose();
      return { healthy, lost: await cost(prometheus, plan) };
    } finally {
      await prometheus.stop();
    }
  } finally {
    targets.close();
  }
}

function everySeconds(seconds: number): Record<string, string> {
  const interval = `${seconds}s`;
  return {
    scrape_interval: interval,
    scrape_timeout: `${Math.min(10, seconds)}s`,
    evaluation_interval: interval,
  };
}

function scrapeConfig(fleet: Fleet, port: number, isKeepList: boolean): unknown {
  return {
    job_name: DEFAULT_SETTINGS.job,
    static_configs: fleet.pods.map(({ path, labels }) => ({
      targets: [`127.0.0.1:${port}`],
      labels: { ...labels, __metrics_path__: path },
    })),
    ...(isKeepList ? { metric_relabel_configs: keepList() } : {}),
  };
}

/** @throws where a pod is not scraped within three intervals and the time Prometheus needs to find targets. */
async function allScraped(prometheus: Prometheus, plan: FleetPlan): Promise<void> {
  const deadlineMs = Date.now() + plan.intervalSeconds * 3_000 + DISCOVERY_MS;
  for (;;) {
    const [up] = await prometheus.query(`sum(up{job="${DEFAULT_SETTINGS.job}"})`);
    if (Number(up?.value) === plan.pods) return;
    if (Date.now() > deadlineMs) throw new Error(`${up?.value ?? 0} of ${plan.pods} are scraped`);
    await sleep(1000);
  }
}

async function cost(prometheus: Prometheus, plan: FleetPlan): Promise<FleetCost> {
  const seconds: number[] = [];
  let residentBytes = 0;
  let cpuBefore = 0;
  for (let round = 0; round < plan.rounds; round++) {
    await sleep(plan.intervalSeconds * 1000);
    residentBytes = Math.max(residentBytes, prometheus.residentBytes());
    if (round === UNMEASURED - 1) cpuBefore = prometheus.cpuSeconds();
    if (round < UNMEASURED) continue;
    const groups = await prometheus.groupSeconds();
    seconds.push([...groups.values()].reduce((sum, each) => sum + each, 0));
  }
  const cpuSeconds = (prometheus.cpuSeconds() - cpuBefore) / (plan.rounds - UNMEASURED);
  const alerts = await prometheus.alerts();
  return {
    series: await prometheus.headSeries(),
    residentBytes,
    ruleSeconds: median(seconds),
    cpuSeconds,
    firing: alerts.length,
  };
}
