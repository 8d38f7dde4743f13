import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { missing, NEEDS } from './requirements.ts';
import { byRole, settled } from './scenario.ts';

const PATIENCE_MS = 20_000;

const skip = await missing(NEEDS.prometheus);

describe('a Prometheus that scrapes the agents', { skip }, () => {
  let ensemble: Ensemble;
  let prometheus: Prometheus;

  before(async () => {
    const mesh = { delivery: 'passthrough', idleTimeout: '1h' } as const;
    ensemble = await createEnsemble({ label: 'scraped', size: 3, mesh });
    prometheus = await startPrometheus(ensemble.fabric);
    await startTogether(ensemble);
    await settled(ensemble);
  });
  after(() => ensemble.stop());

  it('sees every member ready and one of them leading', async () => {
    await settled(ensemble);
    await answers('sum(up) == 3 and sum(quorum_probe_ready) == 3');
    await answers('sum(quorum_probe_member_role{role="leader"}) == 1');
  });

  it('evaluates the rules without a failure', async (context) => {
    if (!prometheus.hasRules) return context.skip('there is no deploy/prometheus/rules.yaml yet');
    await answers('sum(prometheus_rule_group_rules) > 0 or vector(1)');
    assert.deepEqual(await prometheus.query('prometheus_rule_evaluation_failures_total > 0'), []);
  });

  it('sees a lost member in the margin and in an alert that starts to count', async () => {
    await settled(ensemble);
    const [follower] = byRole(ensemble).followers;
    await follower.server.stop('SIGKILL');
    await answers('min(quorum_probe_quorum_margin) == 0');
    await answers(`quorum_probe_ready{pod="${follower.pod.name}"} == 0`);
    if (prometheus.hasRules) await answers('count(ALERTS) > 0');
    await follower.server.start();
    await settled(ensemble);
    await answers('sum(quorum_probe_ready) == 3');
  });

  /** Waits until an expression gives a series. */
  async function answers(expression: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const lines = await prometheus.query(expression).catch(() => []);
      if (lines.length > 0) return;
      assert.ok(Date.now() < deadline, `Prometheus has no answer to ${expression}`);
      await sleep(250);
    }
  }
});
