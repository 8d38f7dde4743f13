import { type Growing, MEMBERS, type PodState, podExposition } from './pods.ts';

/** Many pretended pods, in ensembles of three, that all lose their quorum at once. */
export interface Fleet {
  readonly pods: readonly FleetPod[];
  /** What a pod shows now; `null` for a path of none. */
  answer(path: string): Promise<string | null>;
  /** From now on no member of any ensemble is in a quorum. */
  lose(): void;
}

export interface FleetPod {
  readonly path: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where the figures that grow stand in a written scrape. */
const PLACES: Growing = {
  nowSeconds: 1_600_000_007,
  cpuSeconds: 987_654_321.25,
  scans: 987_654_329,
  scanErrors: 0,
  logLinesDropped: 0,
};

/** A pod scans about each 5 s, and uses about 2 ms of CPU in a second. */
const RATES = { scans: 0.2, cpuSeconds: 0.002 };

/** Of so many pods; what their metrics look like is written once, for each state and place in an ensemble. */
export async function pretendedFleet(count: number): Promise<Fleet> {
  const startedMs = Date.now();
  const healthy = await writtenOnce((index) =>
    index === 0 ? { role: 'leader', inQuorum: true } : { role: 'learner', inQuorum: true },
  );
  const lost = await writtenOnce(() => ({
    role: 'looking',
    inQuorum: false,
    findings: ['no-quorum', 'peer-missing'],
  }));
  let templates = healthy;
  const pods = Array.from({ length: count }, (_, index) => podAt(index));
  const indexes = new Map(pods.map(({ path }, index) => [path, index]));
  return {
    pods,
    lose() {
      templates = lost;
    },
    async answer(path) {
      const index = indexes.get(path);
      const template = templates[(index ?? 0) % MEMBERS.length];
      if (index === undefined || template === undefined) return null;
      // No two pods are of the same age.
      const seconds = (Date.now() - startedMs) / 1000 + index;
      return template
        .replace(`${PLACES.nowSeconds}`, (Date.now() / 1000).toFixed(3))
        .replace(`${PLACES.cpuSeconds}`, (seconds * RATES.cpuSeconds).toFixed(3))
        .replace(`${PLACES.scans}`, `${Math.floor(seconds * RATES.scans)}`);
    },
  };
}

function writtenOnce(stateOf: (index: number) => Omit<PodState, 'member'>): Promise<string[]> {
  return Promise.all(
    MEMBERS.map((member, index) => podExposition()({ member, ...stateOf(index) }, PLACES)),
  );
}

function podAt(index: number): FleetPod {
  const number = Math.floor(index / MEMBERS.length);
  const ensemble = `ensemble-${number}`;
  return {
    path: `/${index}`,
    labels: {
      cluster: `cluster-${number % 4}`,
      namespace: `namespace-${number % 40}`,
      ensemble,
      pod: `${ensemble}-${index % MEMBERS.length}`,
    },
  };
}
