import type { EnvoyAnswer, EnvoyPort, LoopbackCause } from '../../model/evidence.ts';

/** What the proxy's admin says of its delivery to some ports. */
export type AdminDelivery =
  /** It was not asked, or does not know. */
  | { readonly kind: 'nothing' }
  /** To none of them through 127.0.0.1. */
  | { readonly kind: 'elsewhere' }
  | {
      readonly kind: 'loopback';
      /** Those of the ports that are delivered to loopback, and what there. */
      readonly targets: readonly LoopbackTarget[];
      /** Whether it would also say that the redirection leaves a port out. */
      readonly isRedirectionTold: boolean;
      /** The settings that led to it; empty where none is known. */
      readonly ways: string;
      readonly remedies: string;
    };

export interface LoopbackTarget {
  readonly port: number;
  /** The port of loopback that the proxy dials. */
  readonly dialled: number;
}

/** Reads the admin's answer for `ports`. */
export function deliveryByAdmin(
  answer: EnvoyAnswer | undefined,
  ports: readonly number[],
): AdminDelivery {
  if (answer?.kind !== 'answered') return { kind: 'nothing' };
  const asked = ports.flatMap((port) => {
    const said = answer.ports.get(port);
    return said === undefined || said.delivery.kind === 'unknown' ? [] : [{ port, said }];
  });
  if (asked.length === 0) return { kind: 'nothing' };
  const targets = asked.flatMap(({ port, said: { delivery } }) =>
    delivery.kind === 'loopback' ? [{ port, dialled: delivery.port }] : [],
  );
  if (targets.length === 0) return { kind: 'elsewhere' };
  const reasons = asked.flatMap(({ said }) => said.causes.map((cause) => ({ cause, said })));
  return {
    kind: 'loopback',
    targets,
    isRedirectionTold: answer.redirection === 'told',
    ways: each(reasons.map(({ cause, said }) => wayOf(cause, said))).join(', or '),
    remedies: each(reasons.map(({ cause, said }) => remedyOf(cause, said))).join(' Or: '),
  };
}

function each(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function wayOf(cause: LoopbackCause, { sidecar }: EnvoyPort): string {
  switch (cause) {
    case 'istio-before-1.10':
      return 'Istiod is older than Istio 1.10';
    case 'inbound-passthrough-disabled':
      return 'PILOT_ENABLE_INBOUND_PASSTHROUGH=false is set on istiod';
    case 'inbound-traffic-policy-localhost':
      return 'the mesh has meshConfig.inboundTrafficPolicy.mode: LOCALHOST';
    case 'sidecar-default-endpoint':
      return sidecar === null
        ? 'a Sidecar ingress sets defaultEndpoint 127.0.0.1'
        : `the ingress of Sidecar ${sidecar.name} in namespace ${sidecar.namespace} sets defaultEndpoint 127.0.0.1`;
  }
}

function remedyOf(cause: LoopbackCause, { sidecar }: EnvoyPort): string {
  switch (cause) {
    case 'istio-before-1.10':
      return 'Upgrade Istiod to Istio 1.10 or later.';
    case 'inbound-passthrough-disabled':
      return 'Remove PILOT_ENABLE_INBOUND_PASSTHROUGH=false from istiod.';
    case 'inbound-traffic-policy-localhost':
      return 'Set meshConfig.inboundTrafficPolicy.mode to PASSTHROUGH (its default).';
    case 'sidecar-default-endpoint': {
      const which =
        sidecar === null ? "the Sidecar's ingress" : `Sidecar ${sidecar.namespace}/${sidecar.name}`;
      return `Remove defaultEndpoint from ${which}, or set it to 0.0.0.0:PORT.`;
    }
  }
}
