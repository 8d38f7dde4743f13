import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { cacheFolder, run } from '../deploy/tools.ts';

/** The newest LTS release of Node.js, as npm packages of the program alone. */
const NODE = {
  version: '26.10.0',
  sha512: {
    x64: 'OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
    arm64:
      'idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
  },
};

const certificates = '/etc/ssl/certs/ca-certificates.crt';

/** Downloads the image's Node.js into the cache, unless it is there, and returns where it is. */
function fetchNode(): string {
  const { arch } = process;
  if (arch !== 'x64' && arch !== 'arm64') throw new Error(`no Node.js package pinned for ${arch}`);
  const program = join(cacheFolder, `node-${NODE.version}-${arch}`);
  if (existsSync(program)) return program;
  mkdirSync(cacheFolder, { recursive: true });
  const folder = mkdtempSync(join(cacheFolder, 'node-'));
  try {
    const name = `node-linux-${arch}`;
    run('npm', ['pack', `${name}@${NODE.version}`, '--pack-destination', folder]);
    const archive = join(folder, `${name}-${NODE.version}.tgz`);
    const sha512 = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (sha512 !== NODE.sha512[arch]) throw new Error(`${archive} has the wrong SHA-512 ${sha512}`);
    run('tar', ['-xzf', archive, '-C', folder, '--strip-components=2', 'package/bin/node']);
    renameSync(join(folder, 'node'), program);
    return program;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts a program of this machine into a root file system, with the libraries it is linked to. */
export function install(program: string, root: string, path: string): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(program, target, { dereference: true });
  installLibraries(program, root);
}

/** Puts the libraries that a program or library of this machine is linked to into a root file system. */
export function installLibraries(program: string, root: string): void {
  for (const [, library = ''] of run('ldd', [program]).matchAll(/(\/\S+\.so\S*)/g)) {
    const copy = join(root, library);
    mkdirSync(dirname(copy), { recursive: true });
    if (!existsSync(copy)) cpSync(library, copy, { dereference: true });
  }
}

/** Users by name, and the order in which names of hosts are looked up. */
export function nameService(root: string): void {
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(
    join(root, 'etc/passwd'),
    'root:x:0:0::/:\nnonroot:x:65532:65532::/home/nonroot:\n',
  );
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nnonroot:x:65532:\n');
  writeFileSync(join(root, 'etc/nsswitch.conf'), 'hosts: files dns\n');
}

/** Stands in for the image that the Dockerfile builds in: Node.js, npm, and a shell for its scripts. */
function buildBase(root: string): string {
  const bin = 'usr/local/bin';
  install(fetchNode(), root, `${bin}/node`);
  for (const program of ['sh', 'env', 'rm']) {
    install(run('sh', ['-c', `command -v ${program}`]).trim(), root, `bin/${program}`);
  }
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  symlinkSync('/bin/env', join(root, 'usr/bin/env'));
  const npm = join(run('npm', ['root', '--global']).trim(), 'npm');
  cpSync(npm, join(root, 'usr/local/lib/node_modules/npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, bin, 'npm'));
  nameService(root);
  mkdirSync(join(root, 'tmp'), { mode: 0o1777 });
  // This machine's own way to the registry.
  const registry = run('npm', ['config', 'get', 'registry']).trim();
  cpSync(certificates, join(root, certificates));
  return [
    `ENV PATH=/${bin}:/bin:/usr/bin npm_config_registry=${registry} NODE_EXTRA_CA_CERTS=${certificates}`,
  ].join('\n');
}

/** Stands in for the distroless image: Node.js where that has it, its libraries, and nothing else. */
function runtimeBase(root: string): string {
  install(fetchNode(), root, 'nodejs/bin/node');
  nameService(root);
  for (const mountPoint of ['proc', 'dev', 'tmp', 'home/nonroot']) {
    mkdirSync(join(root, mountPoint), { recursive: true });
  }
  return 'ENTRYPOINT ["/nodejs/bin/node"]\nUSER 65532';
}

/** Makes both stand-ins under the names that the Dockerfile expects. */
export function makeBases(
  buildah: readonly string[],
  names: { build: string; runtime: string },
): void {
  const bases = [
    [names.build, buildBase],
    [names.runtime, runtimeBase],
  ] as const;
  for (const [name, fill] of bases) {
    const folder = mkdtempSync(
      join(tmpdir(), `quorum-probe-${basename(name).replace(/\W/g, '-')}-`),
    );
    try {
      const root = join(folder, 'root');
      mkdirSync(root);
      const instructions = fill(root);
      writeFileSync(join(folder, 'Dockerfile'), `FROM scratch\nCOPY root /\n${instructions}\n`);
      const [program = '', ...options] = buildah;
      run(program, [...options, 'bud', '--timestamp', '0', '--tag', name, folder]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}
