import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dashboardQueries, filledIn } from '../deploy/dashboard-queries.ts';
import { alertsOf, playAlerts } from './alerts.ts';
import { createEnsemble, type Ensemble, startTogether } from './ensemble.ts';
import type { Cut } from './fabric.ts';
import { type Delivery, HAPROXY } from './mesh.ts';
import { ENSEMBLE_LABELS, type Prometheus, type Series, startPrometheus } from './prometheus.ts';
import { missing, NEEDS } from './requirements.ts';
import { byRole, settled } from './scenario.ts';

const PATIENCE_MS = 20_000;
/** Losing the lead four times makes eight changes; the start and earlier scenarios may spare one or two. */
const MOST_ELECTIONS = 5;

/** What Grafana puts in for its variables; four scrapes make a rate. */
const VARIABLES = { cluster: '', ...ENSEMBLE_LABELS, __rate_interval: '4s' };

const skip = await missing(NEEDS.prometheus);

describe('the alerts of a Prometheus that scrapes the agents of a meshed ensemble', {
  skip,
}, () => {
  let ensemble: Ensemble;
  let prometheus: Prometheus;
  let delivery: Delivery = 'loopback';

  before(async () => {
    const mesh = {
      ...HAPROXY,
      get delivery() {
        return delivery;
      },
    };
    ensemble = await createEnsemble({ label: 'alerts', size: 3, mesh });
    prometheus = await startPrometheus(ensemble.fabric);
    await prometheus.until('vector(1)', PATIENCE_MS, (answer) => answer.length === 1);
    await startTogether(ensemble);
  });
  after(() => ensemble.stop());

  const failures = (): Promise<readonly Series[]> =>
    prometheus.query('prometheus_rule_evaluation_failures_total > 0');
  const everyPod = (alert: string): string[] =>
    ensemble.members.map(({ pod }) => `${alert} ${pod.name}`);

  it('name the mesh that delivers to loopback, until it is upgraded', () =>
    playAlerts(ensemble, prometheus, {
      fault: async () => {},
      fires: ['QuorumLost', 'QuorumNoLeader', ...everyPod('QuorumMeshLoopbackDelivery')],
      mayFire: [...everyPod('QuorumMemberNotReady'), ...everyPod('QuorumCriticalFinding')],
      repair: async () => {
        delivery = 'passthrough';
        for (const { proxy, server } of ensemble.members) {
          await Promise.all([proxy?.stop(), server.stop()]);
          await Promise.all([proxy?.start(), server.start()]);
        }
      },
    }));

  it('evaluate without a failure, of members that are ready and one that leads', async () => {
    await settled(ensemble);
    const isOne = (answer: readonly unknown[]): boolean => answer.length === 1;
    await prometheus.until(
      'sum(up{job="quorum-probe"}) == 3 and sum(quorum_probe_ready) == 3 and sum(quorum_probe_member_role{role="leader"}) == 1',
      PATIENCE_MS,
      isOne,
    );
    await prometheus.until('sum(prometheus_rule_group_rules) > 0', PATIENCE_MS, isOne);
    assert.deepEqual(await failures(), []);
  });

  it('tell a lost follower, while every panel of the dashboard shows something', async () => {
    await settled(ensemble);
    const [follower] = byRole(ensemble).followers;
    await playAlerts(ensemble, prometheus, {
      fault: () => follower.server.stop('SIGKILL'),
      fires: [
        'QuorumMarginZero',
        'QuorumMembersMissing',
        `QuorumMemberOut ${follower.pod.name}`,
        `QuorumCriticalFinding ${follower.pod.name}`,
      ],
      mayFire: [`QuorumMemberNotReady ${follower.pod.name}`],
      during: async () => {
        const empty: string[] = [];
        for (const query of dashboardQueries()) {
          const expression = filledIn(query, VARIABLES);
          const answer = await prometheus.query(expression);
          // A mark in the panels stands where there was a change a minute ago.
          if (answer.length === 0 && query.of !== 'annotation') {
            empty.push(`${query.at}: ${expression}`);
          }
        }
        assert.deepEqual(empty, []);
      },
      repair: () => follower.server.start(),
    });
  });

  it('tell a lost quorum', async () => {
    await settled(ensemble);
    const { leader, followers } = byRole(ensemble);
    const killed = [leader, followers[0]];
    await playAlerts(ensemble, prometheus, {
      fault: () => Promise.all(killed.map(({ server }) => server.stop('SIGKILL'))),
      fires: ['QuorumLost', 'QuorumNoLeader'],
      mayFire: [...everyPod('QuorumMemberNotReady'), ...everyPod('QuorumCriticalFinding')],
      repair: () => Promise.all(killed.map(({ server }) => server.start())),
    });
  });

  it('tell the link that stalls to a follower cut off in silence, then what it costs', async () => {
    await settled(ensemble);
    const { leader, followers } = byRole(ensemble);
    const [follower] = followers;
    let cut: Cut | undefined;
    await playAlerts(ensemble, prometheus, {
      fault: async () => {
        cut = await ensemble.fabric.cut(follower.pod);
      },
      fires: [
        `QuorumStalledLink ${leader.pod.name}`,
        'QuorumMarginZero',
        'QuorumMembersMissing',
        `QuorumMemberOut ${follower.pod.name}`,
      ],
      // Once it has given up, it calls an election that nobody hears.
      mayFire: [
        `QuorumStalledLink ${follower.pod.name}`,
        `QuorumMemberNotReady ${follower.pod.name}`,
      ],
      repair: async () => cut?.heal(),
    });
  });

  it('tell a hung process', async () => {
    await settled(ensemble);
    const { leader, followers } = byRole(ensemble);
    const [follower] = followers;
    await playAlerts(ensemble, prometheus, {
      fault: async () => follower.server.signal('SIGSTOP'),
      fires: [
        `QuorumProcessHung ${follower.pod.name}`,
        'QuorumMarginZero',
        'QuorumMembersMissing',
        `QuorumMemberOut ${follower.pod.name}`,
      ],
      // The leader's probe hears it fall silent; QuorumProcessHung inhibits that.
      mayFire: [
        `QuorumMemberNotReady ${follower.pod.name}`,
        `QuorumStalledLink ${leader.pod.name}`,
      ],
      repair: async () => follower.server.signal('SIGCONT'),
    });
  });

  it('tell a probe that is gone, and say nothing of the member', async () => {
    await settled(ensemble);
    const [follower] = byRole(ensemble).followers;
    await playAlerts(ensemble, prometheus, {
      fault: () => follower.agent.stop('SIGKILL'),
      fires: [`QuorumProbeDown ${follower.pod.name}`],
      repair: () => follower.agent.start(),
    });
  });

  it('tell a leader that changes again and again', async () => {
    for (let election = 0; election < MOST_ELECTIONS; election++) {
      await settled(ensemble);
      if ((await alertsOf(prometheus)).includes('QuorumLeaderFlapping')) break;
      const { leader } = byRole(ensemble);
      await leader.server.stop('SIGKILL');
      await ensemble.watch.until('another leads', PATIENCE_MS, (states) =>
        states.some(({ report }, pod) => report?.role === 'leader' && pod !== leader.pod.index),
      );
      await leader.server.start();
    }
    await prometheus.until('ALERTS{alertname="QuorumLeaderFlapping"}', PATIENCE_MS, (answer) =>
      answer.some(({ labels }) => labels['alertstate'] === 'firing'),
    );
    assert.deepEqual(await failures(), [], 'each alert has been written out by now');
  });
});
