import type { AskedEvidence } from '../../model/asked.ts';
import type { EnvoyAnswer, PeerAnswer, SrvrAnswer } from '../../model/evidence.ts';
import type { AskedReport } from '../../model/report.ts';

/** What was asked for, as the report shows it. */
export function reportAsked({ srvr, envoy, peers }: AskedEvidence): AskedReport {
  return {
    srvr: srvr === null ? null : server(srvr.answer),
    envoy: envoy === null ? null : proxy(envoy.answer),
    peers: peers === null ? null : [...peers.answer.answers].map(([name, a]) => peer(name, a)),
  };
}

function server(answer: SrvrAnswer): NonNullable<AskedReport['srvr']> {
  const detail = answer.kind === 'failed' ? `${answer.reason}: ${answer.detail}` : '';
  if (answer.kind !== 'serving') {
    const nothing = { mode: null, version: null, zxid: null, outstanding: null };
    return { state: answer.kind, detail, ...nothing, connections: null, latencyMs: null };
  }
  const { mode, version, zxid, outstanding, connections, latencyMs } = answer;
  return { state: 'serving', detail, mode, version, zxid, outstanding, connections, latencyMs };
}

function proxy(answer: EnvoyAnswer): NonNullable<AskedReport['envoy']> {
  if (answer.kind === 'failed') {
    const nothing = { version: null, ports: [], connectFailures: [] };
    return { state: 'failed', detail: answer.reason, ...nothing };
  }
  return {
    state: 'answered',
    detail: answer.missing.join('; '),
    version: answer.istioVersion ?? answer.version,
    ports: [...answer.ports].map(([port, { delivery, mtls, causes, sidecar }]) => ({
      port,
      delivery: delivery.kind,
      mtls,
      causes: [...causes],
      sidecar: sidecar === null ? null : `${sidecar.namespace}/${sidecar.name}`,
    })),
    connectFailures: [...(answer.connectFailures ?? [])],
  };
}

function peer(name: string, answer: PeerAnswer): NonNullable<AskedReport['peers']>[number] {
  if (answer.kind !== 'answered') {
    const roundTripMs = answer.kind === 'not-understood' ? answer.rttMs : null;
    return { name, state: answer.kind, roundTripMs, role: null, ready: null };
  }
  const { role, ready } = answer.report;
  return { name, state: 'answered', roundTripMs: answer.rttMs, role, ready };
}
