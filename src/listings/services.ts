/**
 * Names that tools print for ports without `-n`, of the ports that a profile or a mesh proxy uses: from the
 * IANA registry of service names, and from `/etc/services` of Debian where it differs. Lower case.
 */
const SERVICES: ReadonlyMap<string, number> = new Map([
  ['eforward', 2181],
  ['lnvconsole', 2281],
  ['etcd-client', 2379],
  ['etcd-server', 2380],
  ['spcsdlobby', 2888],
  ['ciphire-serv', 3888],
  ['cedros_fds', 4140],
  ['oidsr', 4143],
  ['epmd', 4369],
  ['amqps', 5671],
  ['amqp', 5672],
  ['redis', 6379],
  ['afs3-fileserver', 7000],
  ['bbs', 7000],
  ['afs3-callback', 7001],
  ['http-alt', 8080],
  ['webcache', 8080],
  ['pcsync-https', 8443],
  ['xmlipcregsvc', 9092],
  ['copycat', 9093],
  ['wap-wsp', 9200],
  ['vrace', 9300],
  ['hydap', 15_000],
  ['dnp', 20_000],
]);

/** The port of a service name, or `null` for a name of none of the ports that matter here. */
export function portOfService(name: string): number | null {
  return SERVICES.get(name.toLowerCase()) ?? null;
}
