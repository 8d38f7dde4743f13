/** An option of `inject`, which has no settings of the agent's: help and documentation come from this table. */
export interface InjectOption {
  readonly name: string;
  /** What stands for the value in help; `null` for a flag. */
  readonly value: string | null;
  readonly help: string;
}

export const INJECT_OPTIONS = [
  {
    name: 'statefulset',
    value: 'NAME[,NAME]',
    help: 'Only the StatefulSets of these names; one that is not in the input is an error. Every StatefulSet of a known system unless given.',
  },
  {
    name: 'profile',
    value: 'NAME',
    help: 'The clustered system, where image, command and ports do not show it; with several StatefulSets in the input, name the one with --statefulset.',
  },
  {
    name: 'image',
    value: 'IMAGE',
    help: "The probe's image, as you pushed it; quorum-probe with this version unless given.",
  },
  {
    name: 'gate',
    value: null,
    help: "Make the pod's readiness that of its quorum, too. It only watches unless given.",
  },
  {
    name: 'hold',
    value: null,
    help: 'Hold a stop of the server, by a preStop hook of its container, until the ensemble can spare it; the probe asks peers for it unless --ask is given.',
  },
  {
    name: 'native-sidecar',
    value: null,
    help: 'Add the probe as a native sidecar (Kubernetes 1.29 and newer).',
  },
  {
    name: 'ask',
    value: 'LIST',
    help: 'What the probe asks over the network: srvr, envoy, peers. Nothing unless given; with --gate the server itself, where its system answers.',
  },
  {
    name: 'remove',
    value: null,
    help: 'Take out again what inject added.',
  },
] as const satisfies readonly InjectOption[];

export type InjectOptionName = (typeof INJECT_OPTIONS)[number]['name'];
