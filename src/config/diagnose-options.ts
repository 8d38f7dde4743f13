/** An option of `diagnose`, which has no settings of the agent's: help and documentation come from this table. */
export interface DiagnoseOption {
  readonly name: string;
  /** The letter that stands for it; `null` where there is none. */
  readonly short: string | null;
  /** What stands for the value in help; `null` for a flag. */
  readonly value: string | null;
  readonly help: string;
}

export const DIAGNOSE_OPTIONS = [
  {
    name: 'selector',
    short: 'l',
    value: 'SELECTOR',
    help: 'The pods with these labels, instead of a named target.',
  },
  {
    name: 'namespace',
    short: 'n',
    value: 'NAME',
    help: "The namespace; by default that of kubectl's context.",
  },
  { name: 'context', short: null, value: 'NAME', help: 'The kubectl context.' },
  { name: 'kubeconfig', short: null, value: 'FILE', help: 'The kubectl configuration file.' },
  {
    name: 'profile',
    short: null,
    value: 'NAME',
    help: 'The clustered system; by default it is recognized by images, commands and ports. With auto, also by the ports that listen in the pods.',
  },
  {
    name: 'ports',
    short: null,
    value: 'LIST',
    help: 'Ports that differ from the usual ones, by role: client=2281,quorum=2889.',
  },
  {
    name: 'members',
    short: null,
    value: 'LIST',
    help: 'The names of the pods that are members; by default all pods of the target.',
  },
  {
    name: 'observers',
    short: null,
    value: 'LIST',
    help: 'The members that have no vote.',
  },
  {
    name: 'ensemble-size',
    short: null,
    value: 'N',
    help: "The number of members, including observers; by default the StatefulSet's replicas.",
  },
  {
    name: 'mesh',
    short: null,
    value: 'KIND',
    help: 'The service mesh of the pods: auto (the default), none, istio-sidecar and so on.',
  },
  {
    name: 'debug-image',
    short: null,
    value: 'IMAGE',
    help: 'Add an ephemeral container of this image to each pod and read there: an image with cat and sleep, such as busybox, or that of quorum-probe. It stays until the pod is replaced.',
  },
  {
    name: 'save',
    short: null,
    value: 'DIR',
    help: 'Write everything that was read to this new folder, for a ticket.',
  },
  {
    name: 'from',
    short: null,
    value: 'DIR',
    help: 'Judge a saved folder without asking a cluster.',
  },
  {
    name: 'output',
    short: 'o',
    value: 'table|json|short',
    help: 'What to print: table (the default), json, or short, which is the first line only.',
  },
  { name: 'json', short: null, value: null, help: 'The same as -o json.' },
  {
    name: 'watch',
    short: 'w',
    value: null,
    help: 'Repeat the diagnosis and print each one, until Ctrl-C.',
  },
] as const satisfies readonly DiagnoseOption[];

export type DiagnoseOptionName = (typeof DIAGNOSE_OPTIONS)[number]['name'];
