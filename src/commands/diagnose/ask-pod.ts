import { joined } from '../../assess/diagnosis/words.ts';
import { PROXY_LIMITS, SERVER_LIMITS } from '../../evidence/limits.ts';
import type { CollectedPod } from '../../model/collection.ts';
import type { EnvoyAnswer, SrvrAnswer } from '../../model/evidence.ts';
import { clientPort, type Profile, peerPorts } from '../../model/profile.ts';
import { askProbe, askThroughApi } from './ask-probe.ts';
import { type Way, wayTo } from './forwarding.ts';
import type { Kubectl } from './kubectl.ts';

/** What is asked of one pod beyond its tables. */
export interface Questions {
  /** The client port on which the server reports on itself; `null` where its system does not. */
  readonly srvrPort: number | null;
  /** The admin port of the mesh's proxy; `null` where there is none that is understood. */
  readonly adminPort: number | null;
  /** The port of the probe in the pod; `null` where there is none. */
  readonly probePort: number | null;
}

export type Answers = Pick<CollectedPod, 'srvr' | 'envoy' | 'report'> & {
  /** One line for each question that had no answer because nothing could be sent. */
  readonly gaps: readonly string[];
};

/** The questions that a system, a mesh proxy and a probe in the pod answer. */
export function questionsFor(
  profile: Profile,
  has: { readonly envoyAdmin: number | null; readonly probe: number | null },
): Questions {
  return {
    srvrPort: profile.ownWord === 'srvr' ? clientPort(profile) : null,
    adminPort: has.envoyAdmin,
    probePort: has.probe,
  };
}

/**
 * Asks one after the other through a port-forward, the server last, which most often does not answer; and the
 * probe through the API server where there is no port-forward. Never rejects.
 */
export async function askPod(
  kubectl: Kubectl,
  pod: string,
  namespace: string | null,
  profile: Profile,
  { srvrPort, adminPort, probePort }: Questions,
): Promise<Answers> {
  const ports = [probePort, adminPort, srvrPort].filter((port) => port !== null);
  const way = wayTo(kubectl, pod, ports);
  const asking = questions(pod, way);
  try {
    const forwarded = await asking.put('the probe', probePort, {
      ask: (local) => askProbe(pod, local),
      whyNone: (answer) => ('none' in answer ? answer.none : null),
    });
    const probe =
      forwarded === null && probePort !== null
        ? await askThroughApi(kubectl, { pod, namespace, port: probePort })
        : forwarded;
    const report = probe !== null && 'report' in probe ? probe.report : null;
    const envoy = await asking.put('the mesh proxy', adminPort, {
      ask: (local) => askProxy(local, profile),
      whyNone: (answer) =>
        answer.kind === 'failed'
          ? `the mesh proxy gave no answer on port ${adminPort}: ${answer.reason}`
          : null,
    });
    const srvr = await asking.put('the server', srvrPort, {
      ask: askServer,
      whyNone: (answer) =>
        answer.kind === 'failed'
          ? `the server gave no answer on port ${srvrPort}: ${answer.reason}, ${answer.detail}`
          : null,
    });
    return { srvr, envoy, report, gaps: asking.gaps(report === null ? [] : ['the probe']) };
  } finally {
    way.close();
  }
}

interface Question<Answer> {
  readonly ask: (localPort: number) => Promise<Answer>;
  /** Why an answer is none, as one line; `null` where it is one. */
  readonly whyNone: (answer: Answer) => string | null;
}

/** Puts questions to a pod, and remembers which had no answer. */
function questions(pod: string, way: Way) {
  const without: string[] = [];
  const unasked: string[] = [];
  let refused = '';
  return {
    /** Resolves to `null` where nothing is to be asked, or nothing can be sent. */
    async put<Answer>(
      whom: string,
      port: number | null,
      { ask, whyNone }: Question<Answer>,
    ): Promise<Answer | null> {
      if (port === null) return null;
      const local = await way.to(port);
      if (typeof local !== 'number') {
        unasked.push(whom);
        ({ refused } = local);
        return null;
      }
      const answer = await ask(local);
      const none = whyNone(answer);
      if (none !== null) {
        without.push(`${pod}: ${none}`);
        way.fail();
      }
      return answer;
    },
    /** `others` have answered in another way. */
    gaps(others: readonly string[]): readonly string[] {
      const left = unasked.filter((whom) => !others.includes(whom));
      if (left.length === 0) return without;
      return [...without, `${pod}: ${joined(left)} could not be asked: ${refused}`];
    },
  };
}

async function askServer(port: number): Promise<SrvrAnswer> {
  const { askSrvr } = await import('../../evidence/srvr.ts');
  return await askSrvr({ host: '127.0.0.1', port, ...SERVER_LIMITS });
}

async function askProxy(port: number, profile: Profile): Promise<EnvoyAnswer> {
  const { askEnvoy } = await import('../../evidence/envoy-admin.ts');
  return await askEnvoy({
    watchedPorts: profile.ports.flatMap((spec) => spec.ports),
    peerPorts: peerPorts(profile),
    ...PROXY_LIMITS,
    ...{ host: '127.0.0.1', port },
  });
}
