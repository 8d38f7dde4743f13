import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Given, invoke } from './invocation.ts';

const flags = (...argv: readonly string[]): Given => ({ argv });
const variable = (name: string, value: string): Given => ({ environment: { [name]: value } });
const file = (text: string): Given => ({ argv: ['--config=qp.yaml'], file: text });

const REFUSALS: readonly (readonly [Given, string])[] = [
  // Words and options that do not exist
  [flags('bogus'), 'unknown command "bogus"; "quorum-probe help" lists them'],
  [flags('bogus', '--help'), 'unknown command "bogus"; "quorum-probe help" lists them'],
  [flags('help', 'scna'), 'unknown command "scna"; did you mean scan?'],
  [flags('help', 'scan', 'serve'), 'unexpected argument "serve"; name one command'],
  [flags('-x'), 'unknown option "-x"; "quorum-probe --help" lists them'],
  [flags('completion'), 'completion: no shell is named; write completion bash or completion zsh'],
  [
    flags('completion', 'fish'),
    'completion: "fish" is not supported; write completion bash or completion zsh',
  ],
  [
    flags('--profile=zk'),
    '--profile: "zk" is not a built-in profile; "quorum-probe profiles" lists them',
  ],
  ...[flags('--profile=auto'), flags('serve', '--profile', 'auto')].map(
    (given) =>
      [
        given,
        "--profile: auto is for scan, diagnose and inject; the agent's series must exist before anything listens: give the name of a profile, such as zookeeper",
      ] as const,
  ),
  [
    variable('QUORUM_PROBE_PROFILE', 'auto'),
    "QUORUM_PROBE_PROFILE: auto is for scan, diagnose and inject; the agent's series must exist before anything listens: give the name of a profile, such as zookeeper",
  ],
  [
    flags('profiles', '--show', 'auto'),
    '--show: "auto" is not a built-in profile; "quorum-probe profiles" lists them',
  ],
  [
    flags('scan', '--profile=auto', '--profile-file=own.yaml'),
    '--profile and --profile-file exclude each other; use one of them',
  ],
  [
    flags('scan', '--ensemble', '-o', 'short'),
    '--output short shows this member only; leave out --ensemble',
  ],
  [flags('scna'), 'unknown command "scna"; did you mean scan?'],
  [
    flags('scan', 'zk-0'),
    'unexpected argument "zk-0"; write options after the command, as --name=value',
  ],
  [flags('--memebers', 'a,b'), 'unknown option "--memebers"; did you mean --members?'],
  [flags('-members', 'a,b'), 'unknown option "-members"; did you mean --members?'],
  [flags('--pod_name=x'), 'unknown option "--pod_name"; did you mean --pod-name?'],
  [flags('--no-bootstrap'), 'unknown option "--no-bootstrap"; did you mean --bootstrap?'],
  [flags('scan', '--jsn'), 'unknown option "--jsn"; did you mean --json?'],
  [flags('--json'), '--json is not supported by serve; it is an option of scan'],
  [
    flags('profiles', '--mesh=none'),
    '--mesh is not supported by profiles; it is an option of serve and scan',
  ],
  [
    flags('--members', '--json'),
    '--members needs a value, and "--json" looks like an option; write --members=LIST',
  ],
  [
    flags('profiles', '--show=zoo'),
    '--show: "zoo" is not a built-in profile; did you mean zookeeper?',
  ],
  [flags('profiles', '--show'), '--show needs a value; write --show=NAME'],
  [
    flags('schema', 'reports'),
    'there is no schema of "reports"; write report or profile or hosts or ensemble or diagnosis',
  ],
  [flags('--members'), '--members needs a value; write --members=LIST'],
  [flags('--members='), '--members needs a value; write --members=LIST'],
  [flags('--bootstrap'), '--bootstrap needs a value; write --bootstrap=true|false'],
  [flags('--settle=1s', '--settle=2s'), '--settle is given twice; give it once'],
  [
    variable('QUORUM_PROBE_MEMBER', 'a'),
    'unknown variable "QUORUM_PROBE_MEMBER"; did you mean QUORUM_PROBE_MEMBERS?',
  ],
  [
    variable('QUORUM_PROBE_LISTEN_PORT', '1'),
    'unknown variable "QUORUM_PROBE_LISTEN_PORT"; did you mean QUORUM_PROBE_LISTEN?',
  ],

  // Questions that the system does not answer
  [
    flags('--profile=etcd', '--ask=srvr'),
    '--ask: a server of the profile etcd does not answer srvr; remove the option',
  ],
  [
    flags('scan', '--profile=redis-cluster', '--ask=peers,srvr,envoy'),
    '--ask: a server of the profile redis-cluster does not answer srvr; write peers,envoy',
  ],
  [
    {
      argv: ['--profile=nifi'],
      environment: { QUORUM_PROBE_ASK: 'srvr,peers' },
    },
    'QUORUM_PROBE_ASK: a server of the profile nifi does not answer srvr; write peers',
  ],

  // The configuration file
  [
    flags('--config=nowhere'),
    '--config: cannot read "nowhere": there is no such file; name a YAML file',
  ],
  [
    variable('QUORUM_PROBE_CONFIG', 'nowhere'),
    'QUORUM_PROBE_CONFIG: cannot read "nowhere": there is no such file; name a YAML file',
  ],
  [file('podName: zk-0'), 'qp.yaml: unknown key "podName"; did you mean pod-name?'],
  [file('config: other'), 'qp.yaml: a file cannot name another with "config"; remove that key'],
  [
    file('- members'),
    'qp.yaml: has no options; write one on each line, such as members: zk-0,zk-1,zk-2',
  ],
  [
    file('members: [a'),
    'qp.yaml: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 12',
  ],
  [
    file('settle: 1s\nsettle: 2s'),
    'qp.yaml: not valid YAML: Map keys must be unique at line 2, column 1',
  ],
  [file('settle: [1s]'), 'settle in qp.yaml: cannot be read; write one value'],
  [
    file('members: {a: b}'),
    'members in qp.yaml: cannot be read; write a list, or text with commas',
  ],
  [
    file('ports: [2181]'),
    'ports in qp.yaml: cannot be read; write a mapping of roles to ports, or text such as client=2181+2281',
  ],
  [file('settle: 5'), 'settle in qp.yaml: "5" is not a duration; write it as 500ms, 5s or 1m'],

  // Values
  [
    flags('--profile=zookeper'),
    '--profile: "zookeper" is not a built-in profile; did you mean zookeeper?',
  ],
  [flags('--members=a,,b'), '--members: has an empty entry; remove the extra comma'],
  [flags('--members=a,A'), '--members: names "A" twice'],
  [
    flags('--members=a:2888'),
    '--members: "a:2888" has a port; write "a", and set other ports with --ports',
  ],
  [flags('--ensemble-size=0'), '--ensemble-size: "0" is not a whole number from 1 to 1000'],
  [
    flags('--pod-ip=zk-0'),
    '--pod-ip: "zk-0" is not an IP address; write it as 10.0.0.7 or fd00::7',
  ],
  [flags('--pod-ip=::'), '--pod-ip: "::" means every address; write the pod\'s own'],
  [
    flags('--pod-name=a b'),
    '--pod-name: "a b" is neither an IP address nor a host name; write it as 10.0.0.7, fd00::7 or zk-0.zk',
  ],
  [
    flags('--mesh=istio'),
    '--mesh: "istio" is unknown; write auto, none, istio-sidecar, istio-ambient, linkerd, kuma, consul',
  ],
  [
    variable('QUORUM_PROBE_SETTLE', '5'),
    'QUORUM_PROBE_SETTLE: "5" is not a duration; write it as 500ms, 5s or 1m',
  ],
  [flags('--bootstrap=no'), '--bootstrap: "no" is neither true nor false'],
  [flags('--ask=srvr,envy'), '--ask: "envy" is unknown; write srvr, envoy, peers'],
  [
    flags('--log-level=trace'),
    '--log-level: "trace" is unknown; write debug, info, warn, error, silent',
  ],
  [
    flags('--listen=localhost'),
    '--listen: "localhost" has no port; write it as 4888 or 127.0.0.1:4888',
  ],
  [flags('--listen=65536'), '--listen: "65536" has no valid port; write a number from 0 to 65535'],
  [
    flags('--listen=::1:4888'),
    '--listen: "::1:4888" is ambiguous; put an IPv6 address in brackets, as [::1]:4888',
  ],
  ...['0', '70000', 'x', '10.0.0.7:15000', 'admin:15000', '127.evil.org:1', '::1:15000'].map(
    (admin) =>
      [
        flags(`--envoy-admin=${admin}`),
        `--envoy-admin: ${JSON.stringify(admin)} is not the admin interface of this pod's proxy; write its port, such as 15000, or a loopback address and the port, such as 127.0.0.1:15000 or [::1]:15000`,
      ] as const,
  ),
  [flags('--listen=a b:1'), '--listen: "a b:1" has no host; write it as 4888 or 127.0.0.1:4888'],
  [
    flags('--listen-health=4888'),
    '--listen-health has port 4888, which --listen uses; choose another',
  ],
  [
    flags('--listen=127.0.0.1:4900', '--listen-health=4900'),
    '--listen-health has port 4900, which --listen uses; choose another',
  ],
  [
    flags('--scan-busy-share=2'),
    '--scan-busy-share: "2" is not a share of a core; write it as 2% or 0.5%',
  ],
  [flags('--scan-interval-cap=2m'), '--scan-interval-cap: "2m" is out of range; write 10ms to 30s'],
  [flags('--scan-row-cap=many'), '--scan-row-cap: "many" is not a whole number from 1 to 50000'],
  [
    flags('--ports=2181'),
    '--ports: "2181" is not a role with its ports; write it as client=2181+2281',
  ],
  [flags('--ports=client=0'), '--ports: "0" is not a port; write a number from 1 to 65535'],
  [
    flags('--ports=clint=1'),
    '--ports: the profile zookeeper has no port role "clint"; did you mean client?',
  ],
  [
    flags('--ports=client=1,client=2'),
    '--ports: names "client" twice; join its ports as client=2181+2281',
  ],
  [
    flags('--ports=client=2888'),
    '--ports: port 2888 cannot be both client and quorum; give each role its own',
  ],
  [flags('--ports=client=1+1'), '--ports: port 1 is given twice to client'],

  // Contradictions
  [
    flags('--members=a', '--ensemble-size=1'),
    '--members and --ensemble-size exclude each other; use one of them',
  ],
  [
    flags('--members-file=f', '--service=zk'),
    '--members-file and --service exclude each other; use one of them',
  ],
  [
    { environment: { QUORUM_PROBE_MEMBERS: 'a', QUORUM_PROBE_ENSEMBLE_SIZE: '1' } },
    'QUORUM_PROBE_MEMBERS and QUORUM_PROBE_ENSEMBLE_SIZE exclude each other; use one of them',
  ],
  [
    flags('scan', '--proc=x', '--input=y'),
    '--proc and --input exclude each other; use one of them',
  ],
  [
    flags('--service=zk'),
    "--service: needs the number of members too; give the StatefulSet's --replicas",
  ],
  [
    flags('--service=zk:2181', '--replicas=3'),
    '--service: "zk:2181" is not the name of a service; write it as zk or zk.default.svc',
  ],
  [
    { argv: ['--service=zk', '--replicas=3'], hostname: 'laptop' },
    '--service: needs the StatefulSet\'s name, and "laptop" is not the name of one of its pods; set --pod-name, such as zk-0',
  ],
  [
    flags('--service=zk', '--replicas=3', '--pod-name=zk-3'),
    '--service: the pod "zk-3" is not among zk-0 to zk-2; correct --replicas, --first-ordinal or --pod-name',
  ],
  [
    flags('--replicas=3'),
    '--replicas: requires --service here: /etc/hosts does not name the service of this pod (as with hostNetwork)',
  ],
  [
    flags('--members=a', '--first-ordinal=1'),
    '--first-ordinal: requires --service; add that, or leave this out',
  ],
  [flags('--observers=a'), '--observers: requires --members, which includes the observers'],
  [
    flags('--members-file=f', '--observers=a'),
    '--observers: is not allowed with --members-file, whose lines say who is an observer; leave it out',
  ],
  [
    flags('--members=a,b', '--observers=c'),
    '--observers: "c" is not among the members; did you mean a?',
  ],
  [
    flags('--members=a.x,a.y', '--observers=a'),
    '--observers: "a" may be "a.x" or "a.y"; write the whole name',
  ],
  [
    flags('--members=a,b', '--observers=a,b'),
    '--observers: leaves no member with a vote; name only the observers',
  ],
  [
    flags('--ensemble-size=1', '--observers=a'),
    '--observers: leaves no member with a vote; name only the observers',
  ],
  [
    flags('--scan-max-interval=500ms'),
    '--scan-min-interval (1s unless given) exceeds --scan-max-interval (500ms); lower the first or raise the second',
  ],
  [
    {
      argv: ['--scan-hint-interval=2s'],
      environment: { QUORUM_PROBE_SCAN_MIN_INTERVAL: '1500ms' },
    },
    '--scan-hint-interval (2s) exceeds QUORUM_PROBE_SCAN_MIN_INTERVAL (1500ms); lower the first or raise the second',
  ],
  [
    flags('--scan-max-interval=20s'),
    '--scan-max-interval (20s) exceeds --scan-interval-cap (15s unless given); lower the first or raise the second',
  ],
  [
    flags('--scan-busy-share=0.1%'),
    '--scan-idle-share (0.4% unless given) exceeds --scan-busy-share (0.1%); lower the first or raise the second',
  ],
];

for (const [given, problem] of REFUSALS) {
  test(`refused: ${problem}`, async () => {
    assert.deepEqual(await invoke(given), { kind: 'refused', problem });
  });
}
