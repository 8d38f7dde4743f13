import type { Command } from './arguments.ts';

type Words<T> = Readonly<Record<Command, T>>;

export const USAGE: Words<string> = {
  serve: 'quorum-probe [serve] [options]',
  scan: 'quorum-probe scan [-o table|json|short] [--proc DIR | --input FILE|-] [options]',
  diagnose: 'quorum-probe diagnose statefulset/NAME | POD... | -l SELECTOR | --from DIR [options]',
  inject: 'quorum-probe inject [FILE|-] [options]',
  profiles: 'quorum-probe profiles [--show NAME]',
  schema: 'quorum-probe schema [report|profile|hosts|ensemble|diagnosis]',
  completion: 'quorum-probe completion bash|zsh',
};

export const PURPOSE: Words<string> = {
  serve: 'Watch this pod and serve health, metrics, the report and a status page.',
  scan: 'Scan once and print what was found.',
  diagnose:
    'Read all pods of an ensemble with kubectl, or a saved folder, and judge them together.',
  inject: 'Add the probe to the StatefulSets of manifests, or remove it.',
  profiles: 'List the built-in profiles, or print one as YAML.',
  schema:
    'Print the JSON Schema of a report, a profile, a listing of several hosts, an ensemble or a diagnosis.',
  completion: 'Print a script that completes commands and options in a shell.',
};

export const EXIT_CODES: Words<string> = {
  serve: '0 stopped, 1 crashed, 2 could not start or bad usage',
  scan: '0 ready, 1 not ready, 2 unknown (with a report) or bad usage (without one)',
  diagnose: '0 healthy, 1 not healthy, 2 unknown (with a diagnosis) or bad usage (without one)',
  inject: '0 done, 2 bad usage or input that was not understood (with nothing on standard output)',
  profiles: '0, or 2 for bad usage',
  schema: '0, or 2 for bad usage',
  completion: '0, or 2 for bad usage',
};

/** A command line to paste, and what it does. */
export interface Example {
  readonly does: string;
  readonly type: string;
}

export const EXAMPLES: Words<readonly Example[]> = {
  serve: [
    {
      does: 'Watch this pod, one of three members.',
      type: 'quorum-probe --replicas 3',
    },
    {
      does: "Watch another system, and ask the other members' probes too.",
      type: 'quorum-probe serve --profile NAME --replicas 3 --ask peers',
    },
    { does: 'Take all settings from a file.', type: 'quorum-probe --config probe.yaml' },
  ],
  scan: [
    { does: 'This pod, or this host.', type: 'quorum-probe scan' },
    {
      does: 'A pod without the probe.',
      type: 'kubectl exec POD -- cat /proc/net/tcp /proc/net/tcp6 |\n  quorum-probe scan --input - --ensemble-size 3',
    },
    {
      does: 'Output of ss, netstat or lsof in a file.',
      type: 'quorum-probe scan --input listing.txt --profile NAME',
    },
    {
      does: 'Only the critical problems.',
      type: "quorum-probe scan -o short | grep ': critical: '",
    },
    {
      does: 'Every member, as its own probe sees it.',
      type: 'quorum-probe scan --ensemble --replicas 3',
    },
  ],
  diagnose: [
    {
      does: 'All pods of a StatefulSet, with your own rights and nothing installed.',
      type: 'quorum-probe diagnose statefulset/NAME -n NAMESPACE',
    },
    {
      does: 'Keep what was read for a ticket, and judge it again without a cluster.',
      type: 'quorum-probe diagnose -l app=NAME --save folder\nquorum-probe diagnose --from folder',
    },
    {
      does: 'Pods whose containers have no cat.',
      type: 'quorum-probe diagnose statefulset/NAME --debug-image busybox',
    },
  ],
  inject: [
    {
      does: 'Add the probe and apply.',
      type: 'quorum-probe inject statefulset.yaml --image IMAGE |\n  kubectl apply -f -',
    },
    {
      does: 'Make readiness depend on the quorum too.',
      type: 'quorum-probe inject statefulset.yaml --image IMAGE --gate',
    },
    { does: 'Remove it again.', type: 'quorum-probe inject --remove < injected.yaml' },
  ],
  profiles: [
    { does: 'All built-in profiles.', type: 'quorum-probe profiles' },
    {
      does: 'A start for a profile of your own.',
      type: 'quorum-probe profiles --show NAME > own.yaml\nquorum-probe scan --profile-file own.yaml',
    },
  ],
  schema: [{ does: 'The schema of the report.', type: 'quorum-probe schema > report.schema.json' }],
  completion: [
    { does: 'For bash, in ~/.bashrc.', type: 'source <(quorum-probe completion bash)' },
    { does: 'For zsh, in ~/.zshrc after compinit.', type: 'source <(quorum-probe completion zsh)' },
  ],
};
