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
    help: 'Only the StatefulSets with these names; a name that is not in the input is an error. By default every StatefulSet of a known system.',
  },
  {
    name: 'profile',
    value: 'NAME',
    help: 'The clustered system, if image, command and ports do not show it. With several StatefulSets in the input, also set --statefulset. With auto, it is an error if they show several systems.',
  },
  {
    name: 'image',
    value: 'IMAGE',
    help: "The probe's image, as you pushed it; by default quorum-probe with this version.",
  },
  {
    name: 'gate',
    value: null,
    help: "Make the pod's readiness depend on the quorum. By default the probe only watches.",
  },
  {
    name: 'hold',
    value: null,
    help: 'Delay a stop of the server, by a preStop hook of its container, until the ensemble can spare the member. By default the probe then asks peers.',
  },
  {
    name: 'native-sidecar',
    value: null,
    help: 'Add the probe as a native sidecar (Kubernetes 1.29 and newer).',
  },
  {
    name: 'ask',
    value: 'LIST',
    help: 'What the probe asks over the network: srvr, envoy, peers. By default nothing, or with --gate the server itself if its system answers.',
  },
  {
    name: 'listen-health',
    value: 'PORT',
    help: 'The port for the probes of the kubelet and the hook of --hold; it serves only health and never requires TLS or a password.',
  },
  {
    name: 'web-config-secret',
    value: 'NAME',
    help: "Mount this Secret of the pod's namespace and secure the probe with its web.yaml, the file of --web-config; if peers are asked, also with its peers.yaml, the file of --peer-client-config. The kubelet then uses --listen-health, by default 4889.",
  },
  {
    name: 'remove',
    value: null,
    help: 'Remove what inject added.',
  },
] as const satisfies readonly InjectOption[];
