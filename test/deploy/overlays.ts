import type { Tool } from '../tools.ts';
import type { Manifest } from './manifest.ts';
import { renderChart, renderComponents, renderFolder } from './render.ts';

/** One way to deploy the probe, as its user would. */
export interface Overlay {
  readonly title: string;
  readonly tool: Tool;
  readonly render: () => Manifest[];
}

/** The systems whose profile has an example, by the profile's name. */
export const SYSTEMS = [
  'cassandra',
  'elasticsearch',
  'redis-cluster',
  'redis-sentinel',
  'nifi',
  'kafka-kraft',
  'etcd',
  'rabbitmq',
  'nats',
  'galera',
  'opensearch',
  'consul',
  'vault',
  'hazelcast',
  'clickhouse-keeper',
] as const;

function kustomized(title: string, render: () => Manifest[]): Overlay {
  return { title, tool: 'kubectl', render };
}

const OBSERVE = ['components/observe'];
const GATE = ['components/observe', 'components/gate'];
const GATE_SERVER = ['components/observe', 'components/gate-server', 'components/gate'];
const NATIVE = ['components/native-sidecar'];
const HOLD = ['components/native-sidecar', 'components/hold'];
const NATIVE_GATE = ['components/native-sidecar', 'components/native-sidecar-gate'];
const HOLD_GATE = [...NATIVE_GATE, 'components/gate-server', 'components/hold'];

/** Every overlay, component and values file that `deploy/` offers. */
export const OVERLAYS: readonly Overlay[] = [
  kustomized('the ZooKeeper example', () => renderFolder('examples/zookeeper')),
  kustomized('the ZooKeeper example in Istio', () => renderFolder('examples/zookeeper-istio')),
  ...(['plain', 'full'] as const).flatMap((base) =>
    [OBSERVE, GATE, GATE_SERVER, NATIVE, NATIVE_GATE, HOLD, HOLD_GATE].map((components) =>
      kustomized(`${components.join(' and ')} on a ${base} StatefulSet`, () =>
        renderComponents(base, components),
      ),
    ),
  ),
  ...[...SYSTEMS, 'nifi-embedded-zookeeper', 'redis-with-sentinel'].map((system) =>
    kustomized(`the ${system} example`, () => renderComponents('full', [`examples/${system}`])),
  ),
  ...['zookeeper-values.yaml', 'zookeeper-gate-values.yaml', 'extra-containers-values.yaml'].map(
    (values): Overlay => ({
      title: `a chart with ${values}`,
      tool: 'helm',
      render: () => renderChart(values),
    }),
  ),
];
