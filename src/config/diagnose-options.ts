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
    help: 'The pods with these labels, in the place of a named target.',
  },
  {
    name: 'namespace',
    short: 'n',
    value: 'NAME',
    help: "The namespace; that of kubectl's context unless given.",
  },
  { name: 'context', short: null, value: 'NAME', help: "kubectl's context." },
  { name: 'kubeconfig', short: null, value: 'FILE', help: "kubectl's configuration." },
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
    help: 'Other ports than the usual ones of the system, as client=2181,quorum=2888.',
  },
  {
    name: 'members',
    short: null,
    value: 'LIST',
    help: 'The pods that are members, by name; all that the target has unless given.',
  },
  {
    name: 'observers',
    short: null,
    value: 'LIST',
    help: 'Those of them that do not vote.',
  },
  {
    name: 'ensemble-size',
    short: null,
    value: 'N',
    help: "The number of members, observers included; the StatefulSet's replicas unless given.",
  },
  {
    name: 'mesh',
    short: null,
    value: 'KIND',
    help: 'The service mesh of the pods: auto, none, istio-sidecar and so on; auto unless given.',
  },
  {
    name: 'debug-image',
    short: null,
    value: 'IMAGE',
    help: 'Add an ephemeral container of this image, which must have cat and sleep, to each pod and read in it; it stays until the pod is made anew.',
  },
  {
    name: 'save',
    short: null,
    value: 'DIR',
    help: 'Write all that was read to this new folder, to be attached to a ticket.',
  },
  {
    name: 'from',
    short: null,
    value: 'DIR',
    help: 'Judge a saved folder; no cluster is asked.',
  },
  {
    name: 'output',
    short: 'o',
    value: 'table|json|short',
    help: 'How it is printed; short is the first line alone. A table unless given.',
  },
  { name: 'json', short: null, value: null, help: 'The same as -o json.' },
  {
    name: 'watch',
    short: 'w',
    value: null,
    help: 'Diagnose again and again, and print each time; ended by Ctrl-C.',
  },
] as const satisfies readonly DiagnoseOption[];

export type DiagnoseOptionName = (typeof DIAGNOSE_OPTIONS)[number]['name'];
