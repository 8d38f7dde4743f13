import * as z from 'zod';
import { didYouMean } from './nearest.ts';
import { ALL_OPTIONS, type Option } from './options.ts';
import { Problem, quote } from './problem.ts';
import type { Given, GivenSettings } from './sources.ts';
import { yamlDocument } from './yaml-document.ts';

const scalarValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const listValue = z.array(scalarValue).transform((entries) => entries.join(','));
const portsValue = z
  .map(scalarValue, z.union([scalarValue, z.array(scalarValue).transform((all) => all.join('+'))]))
  .transform((roles) => [...roles].map(([role, ports]) => `${role}=${ports}`).join(','));

const written = {
  scalar: { schema: scalarValue, as: 'one value' },
  list: { schema: z.union([scalarValue, listValue]), as: 'a list, or text with commas' },
  ports: {
    schema: z.union([scalarValue, portsValue]),
    as: 'a mapping of roles to ports, or text such as client=2181+2281',
  },
};

/** A file's keys may be any option but the one that names the file. */
const KEYS: readonly Option[] = ALL_OPTIONS.filter(({ name }) => name !== 'config');

/** The settings in a YAML configuration file, each as the text that its flag would take. A key without a value is not set. */
export function readConfigFile(file: string, text: string): GivenSettings {
  const settings = new Map<string, Given>();
  for (const [key, value] of entriesOf(file, text)) {
    const option = KEYS.find(({ name }) => name === key);
    if (key === 'config') {
      throw new Problem(`${file}: a file cannot name another with "config"; remove that key`);
    }
    if (option === undefined) {
      const names = KEYS.map(({ name }) => name);
      throw new Problem(
        `${file}: unknown key ${quote(String(key))}; ${didYouMean(String(key), names, 'a key is an option without its dashes, and "quorum-probe --help" lists them')}`,
      );
    }
    if (value === null) continue;
    const { schema, as } = written[option.type.shape];
    const parsed = schema.safeParse(value);
    const where = `${option.name} in ${file}`;
    if (!parsed.success) throw new Problem(`${where}: cannot be read; write ${as}`);
    settings.set(option.name, { text: parsed.data, source: 'file', where });
  }
  return settings;
}

function entriesOf(file: string, text: string): readonly (readonly [unknown, unknown])[] {
  const root = yamlDocument(file, text);
  if (root === null) return [];
  if (root instanceof Map) return [...root];
  throw new Problem(
    `${file}: has no options; write one on each line, such as members: zk-0,zk-1,zk-2`,
  );
}
