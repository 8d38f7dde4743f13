import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { RuleSettings } from '../prometheus/settings.ts';
import { ensembleMarks, fleetMarks } from './annotations.ts';
import { ENSEMBLE_UID, fleetProbeRow, overviewRow } from './fleet-rows.ts';
import { glanceRow } from './glance-row.ts';
import { linkRow, peerRow, troubleRow } from './link-rows.ts';
import { askedRow, probeRow, transitionRow } from './probe-rows.ts';
import { begun, labelVariable, written } from './rows.ts';
import { everyEnsemble, oneEnsemble } from './scope.ts';

/** The dashboard of one ensemble, as Grafana imports it. */
export function ensembleDashboard(settings: RuleSettings): string {
  const scope = oneEnsemble(settings);
  const builder = begun(
    'Quorum',
    ENSEMBLE_UID,
    'Whether the members of an ensemble are connected to their quorum, and if not, why.',
  );
  for (const [index, label] of settings.by.entries()) {
    const before = settings.by.slice(0, index).map((each) => `${each}="$${each}"`);
    builder.withVariable(labelVariable(label, `quorum_probe_ready{${before.join(',')}}`));
  }
  for (const mark of ensembleMarks(scope)) builder.annotation(mark);
  builder.link(toDashboards()).link(toRunbook(settings));
  return written(builder, {
    Ensemble: glanceRow(scope),
    Links: linkRow(scope),
    Peers: peerRow(scope),
    Trouble: troubleRow(scope),
    Transitions: transitionRow(scope),
    'Asked beyond the sockets': askedRow(scope),
    Probe: probeRow(scope),
  });
}

/** The dashboard of all ensembles, which leads to that of each. */
export function fleetDashboard(settings: RuleSettings): string {
  const scope = everyEnsemble(settings);
  const builder = begun(
    'Quorum: all ensembles',
    'quorum-probe-fleet',
    'Which of all ensembles have lost their quorum or are about to, and what the probes cost.',
  );
  for (const [index, label] of settings.by.slice(0, -1).entries()) {
    const before = settings.by.slice(0, index).map((each) => `${each}=~"$${each}"`);
    const series = `quorum_probe_ready{${before.join(',')}}`;
    // `.*` takes series without the label too: with one cluster there is none.
    builder.withVariable(labelVariable(label, series).multi(true).includeAll(true).allValue('.*'));
  }
  for (const mark of fleetMarks(scope)) builder.annotation(mark);
  builder.link(toRunbook(settings));
  return written(builder, {
    'All ensembles': overviewRow(scope),
    'All probes': fleetProbeRow(scope),
  });
}

function toDashboards(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('All ensembles')
    .type(DashboardLinkType.Link)
    .url(`/d/quorum-probe-fleet?\${datasource:queryparam}`)
    .icon('apps')
    .keepTime(true);
}

function toRunbook({ runbookUrl }: RuleSettings): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Runbook')
    .type(DashboardLinkType.Link)
    .url(runbookUrl)
    .icon('doc')
    .targetBlank(true);
}
