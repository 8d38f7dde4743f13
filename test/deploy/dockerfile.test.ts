import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import * as z from 'zod';

const repository = join(import.meta.dirname, '../..');
const dockerfile = readFileSync(join(repository, 'Dockerfile'), 'utf8');

function instruction(name: string): string {
  const lines = dockerfile.split('\n').filter((line) => line.startsWith(`${name} `));
  assert.equal(lines.length, 1, name);
  return (lines[0] ?? '').slice(name.length + 1);
}

test('the image starts the agent as `npm start` does', () => {
  const { scripts } = z
    .looseObject({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
  const [node, ...flags] = z.array(z.string()).parse(JSON.parse(instruction('ENTRYPOINT')));
  const script = flags.pop();
  assert.equal(node, '/nodejs/bin/node');
  assert.equal(script, '/app/dist/main.js');
  assert.equal(['node', ...flags, 'dist/main.js'].join(' '), scripts['start']);
});

test('the image runs as a user with a number, and not as root', () => {
  assert.match(instruction('USER'), /^[1-9]\d*:[1-9]\d*$/);
});

test('everything that the image copies is let into the build', () => {
  const ignored = readFileSync(join(repository, '.dockerignore'), 'utf8').split('\n');
  const copied = dockerfile
    .split('\n')
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap((line) => line.split(' ').slice(1, -1));
  assert.ok(copied.length > 0);
  for (const path of copied) assert.ok(ignored.includes(`!${path}`), path);
  assert.equal(ignored.filter((line) => line.startsWith('!')).length, new Set(copied).size);
});

test('the documented build names the version that the package has, and bases that the Dockerfile takes', () => {
  const page = readFileSync(join(repository, 'deploy/README.md'), 'utf8');
  const { version } = z
    .looseObject({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
  const [, argument, tag] =
    /docker build --build-arg VERSION=(\S+) -t \S+:(\S+) \./.exec(page) ?? [];
  assert.deepEqual([argument, tag], [version, version]);
  for (const name of ['BUILD_IMAGE', 'RUNTIME_IMAGE']) {
    const [, base] = new RegExp(`--build-arg ${name}=(\\S+)@sha256:`).exec(page) ?? [];
    assert.ok(dockerfile.includes(`ARG ${name}=${base}\n`), name);
  }
});

test('the Node.js releases that the README names are those of image, package and CI', () => {
  const { engines } = z
    .looseObject({ engines: z.object({ node: z.string() }) })
    .parse(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')));
  const readme = readFileSync(join(repository, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  const workflow = readFileSync(join(repository, '.github/workflows/test.yml'), 'utf8');
  const [, image = ''] = /nodejs(\d+)-/.exec(dockerfile) ?? [];
  const [, builder = ''] = /library\/node:(\d+)-/.exec(dockerfile) ?? [];
  const [, tested = ''] = /library\/node:(\d+)-/.exec(workflow) ?? [];
  assert.equal(image, builder);
  assert.ok(readme.includes(`The image ships Node.js ${image}.`), image);
  assert.ok(readme.includes(`and ${image} are supported`), image);
  assert.ok(readme.includes(`${engines.node.replace('>=', '')} and newer`), engines.node);
  assert.ok(readme.includes(`${tested} is tested`), tested);
});
