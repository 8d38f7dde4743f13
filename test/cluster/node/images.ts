/**
 * The images of the node, laid out from programs of this machine under the names that a cluster with a
 * registry would pull: `images.ts CACHE` makes those that are missing and prints every archive's path.
 */
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { install, installLibraries, nameService } from '../../image/bases.ts';
import { pinnedJars } from '../../lab/jars.ts';
import { run } from '../../lab/run-command.ts';
import { IMAGES } from '../images.ts';
import { archive, type ImageConfig } from './archive.ts';
import { makeProbeImage } from './probe-image.ts';

interface Recipe {
  /** The archive's name in the cache; a new content needs a new name. */
  readonly file: string;
  readonly name: string;
  /** Fills an empty root file system and says how its process is started. */
  readonly fill: (root: string, cache: string) => Promise<ImageConfig>;
}

const ZOOKEEPER = '3.9.5';
const JAVA = '/usr/lib/jvm/java-17-openjdk-amd64';
/** What the images' scripts, and the cases that break things on the node, need of a system. */
const SHELL = ['bash', 'sh', 'env', 'cat', 'sed', 'grep', 'dirname', 'kill', 'nsenter', 'sleep'];
const ZOOKEEPER_USER = 1000;

const RECIPES: readonly Recipe[] = [
  { file: 'pause-1.tar', name: 'registry.k8s.io/pause:3.10', fill: pause },
  { file: 'coredns-1.tar', name: 'registry.k8s.io/coredns/coredns:v1.13.1', fill: coredns },
  { file: `zookeeper-${ZOOKEEPER}-1.tar`, name: IMAGES.zookeeper, fill: zookeeper },
  { file: 'etcd-1.tar', name: IMAGES.etcd, fill: programs(['etcd', 'etcdctl']) },
  { file: 'redis-1.tar', name: IMAGES.redis, fill: programs(['redis-server', 'redis-cli']) },
  { file: 'prometheus-2.tar', name: IMAGES.prometheus, fill: prometheus },
];

async function pause(root: string, cache: string): Promise<ImageConfig> {
  await cp(join(cache, 'bin/pause'), join(root, 'pause'));
  return { Entrypoint: ['/pause'], User: '65535:65535' };
}

async function coredns(root: string, cache: string): Promise<ImageConfig> {
  await cp(join(cache, 'bin/coredns'), join(root, 'coredns'));
  return { Entrypoint: ['/coredns'], WorkingDir: '/' };
}

async function prometheus(root: string, cache: string): Promise<ImageConfig> {
  await cp(join(cache, 'bin/prometheus'), join(root, 'prometheus'));
  return { Entrypoint: ['/prometheus'], User: '65534:65534' };
}

/** Programs of Debian's packages, with their libraries. */
function programs(names: readonly string[]) {
  return async (root: string): Promise<ImageConfig> => {
    await skeleton(root);
    for (const name of names) await installProgram(root, name);
    return { Entrypoint: [`/usr/bin/${names[0]}`], User: '65534:65534' };
  };
}

/** ZooKeeper's jars and Debian's Java, laid out as ZooKeeper's official image is. */
async function zookeeper(root: string): Promise<ImageConfig> {
  await skeleton(root);
  for (const program of SHELL) await installProgram(root, program);
  for (const part of ['bin', 'conf', 'lib']) {
    const options = { recursive: true, dereference: true, filter: isNeeded };
    await cp(join(JAVA, part), join(root, JAVA, part), options);
  }
  const native = await run('find', [
    join(JAVA, 'bin/java'),
    join(JAVA, 'lib'),
    '-name',
    '*.so',
    '-o',
    '-name',
    'java',
  ]);
  for (const file of native.split('\n').filter(Boolean)) installLibraries(file, root);
  await symlink(join(JAVA, 'bin/java'), join(root, 'usr/bin/java'));

  const home = `apache-zookeeper-${ZOOKEEPER}-bin`;
  await mkdir(join(root, home, 'lib'), { recursive: true });
  for (const jar of await pinnedJars('newest', ZOOKEEPER)) {
    await cp(jar, join(root, home, 'lib', basename(jar)));
  }
  const scripts = join(import.meta.dirname, 'images/zookeeper');
  await cp(join(scripts, 'zkServer.sh'), join(root, home, 'bin/zkServer.sh'));
  await cp(join(scripts, 'docker-entrypoint.sh'), join(root, 'docker-entrypoint.sh'));
  for (const folder of ['conf', 'data', 'datalog', 'logs']) {
    await mkdir(join(root, folder));
    await chown(join(root, folder), ZOOKEEPER_USER, ZOOKEEPER_USER);
  }
  return {
    Entrypoint: ['/docker-entrypoint.sh'],
    Cmd: ['zkServer.sh', 'start-foreground'],
    WorkingDir: `/${home}`,
    Env: [
      `PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/${home}/bin`,
      'ZOOCFGDIR=/conf',
      'ZOO_DATA_DIR=/data',
    ],
  };
}

/** A headless server needs neither sources nor a desktop. */
function isNeeded(path: string): boolean {
  return !/\/(?:src\.zip|ct\.sym|libawt_xawt\.so)$/.test(path);
}

async function skeleton(root: string): Promise<void> {
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'usr/bin', 'usr/lib', 'usr/lib64']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await chmod(join(root, 'tmp'), 0o1777);
  for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name));
  nameService(root);
}

async function installProgram(root: string, name: string): Promise<void> {
  const path = (await run('sh', ['-c', `command -v ${name} || readlink -f /bin/${name}`])).trim();
  install(path.startsWith('/') ? path : `/bin/${name}`, root, `usr/bin/${name}`);
}

async function make({ file, name, fill }: Recipe, cache: string): Promise<string> {
  const path = join(cache, 'images', file);
  if (existsSync(path)) return path;
  const root = await mkdtemp(join(cache, 'images/root-'));
  try {
    await chmod(root, 0o755);
    await archive(root, name, await fill(root, cache), path);
    return path;
  } finally {
    await rm(root, { recursive: true });
  }
}

const [cache = ''] = process.argv.slice(2);
await mkdir(join(cache, 'images'), { recursive: true });
for (const recipe of RECIPES) console.log(await make(recipe, cache));
console.log(await makeProbeImage(join(cache, 'images')));
