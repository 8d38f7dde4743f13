import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { parse, stringify } from 'yaml';
import * as z from 'zod';
import { skipWithout, toolPath } from '../tools.ts';
import { deployFolder } from './render.ts';
import { run } from './tools.ts';

const skip = skipWithout('promtool');
const rulesFile = join(deployFolder, 'prometheus/rules.yaml');
const unitTestsFile = join(deployFolder, 'prometheus/rules.test.yaml');

function promtool(...args: string[]): string {
  return run(toolPath('promtool'), args);
}

test('promtool finds nothing wrong with the rules', { skip }, () => {
  assert.match(promtool('check', 'rules', rulesFile), /SUCCESS/);
});

test('the rules pass their unit tests', { skip }, () => {
  assert.match(promtool('test', 'rules', unitTestsFile), /SUCCESS/);
});

test('a unit test fails when a rule no longer does what it says', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-rules-'));
  try {
    const broken = readFileSync(rulesFile, 'utf8').replace(
      'quorum_probe_in_quorum:max == 0',
      '$& + 1',
    );
    writeFileSync(join(folder, 'rules.yaml'), broken);
    writeFileSync(join(folder, 'rules.test.yaml'), readFileSync(unitTestsFile, 'utf8'));
    assert.throws(() => promtool('test', 'rules', join(folder, 'rules.test.yaml')), /QuorumLost/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('Prometheus takes the scrape configuration', { skip }, () => {
  const file = join(deployFolder, 'prometheus/scrape-config.yaml');
  const { scrape_configs } = z
    .strictObject({ scrape_configs: z.array(z.looseObject({ job_name: z.string() })) })
    .parse(parse(readFileSync(file, 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'quorum-probe-scrape-'));
  try {
    // Debian builds Prometheus without the discovery of Kubernetes pods: the rest is checked.
    const checked = scrape_configs.map(({ kubernetes_sd_configs, ...rest }) => {
      assert.deepEqual(kubernetes_sd_configs, [{ role: 'pod' }]);
      return { ...rest, static_configs: [{ targets: ['127.0.0.1:4888'] }] };
    });
    writeFileSync(join(folder, 'prometheus.yml'), stringify({ scrape_configs: checked }));
    assert.match(promtool('check', 'config', join(folder, 'prometheus.yml')), /SUCCESS/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
