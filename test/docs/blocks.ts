import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { profileJsonSchema } from '../../src/config/profile-schema.ts';
import { metricsMarkdown } from '../../src/http/metrics/table.ts';
import { diagnosisJsonSchema } from '../../src/model/diagnosis-schema.ts';
import { ensembleJsonSchema } from '../../src/model/ensemble-schema.ts';
import { reportJsonSchema } from '../../src/model/report-schema.ts';
import { run } from '../../src/run.ts';
import { checksMarkdown } from './checks-markdown.ts';
import { findingsMarkdown } from './findings-markdown.ts';
import { listingsMarkdown } from './listings-markdown.ts';
import {
  diagnoseOptionsMarkdown,
  injectOptionsMarkdown,
  optionsMarkdown,
} from './options-markdown.ts';
import { schemaMarkdown } from './schema-markdown.ts';
import { systemsMarkdown, withoutQuorumMarkdown } from './systems-markdown.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The part of a page between `<!-- begin NAME -->` and `<!-- end NAME -->`, made from the code. */
export interface Block {
  /** The page's path in the repository. */
  readonly page: string;
  readonly name: string;
  readonly text: string;
}

export async function blocks(): Promise<readonly Block[]> {
  const reference = 'deploy/REFERENCE.md';
  const fields = 'deploy/FIELDS.md';
  return [
    { page: 'deploy/PROFILES.md', name: 'systems', text: systemsMarkdown() },
    { page: 'deploy/PROFILES.md', name: 'profile', text: schemaMarkdown(profileJsonSchema()) },
    { page: 'deploy/RUNBOOK.md', name: 'findings', text: findingsMarkdown() },
    { page: 'deploy/RUNBOOK.md', name: 'without-quorum', text: withoutQuorumMarkdown() },
    { page: reference, name: 'scan', text: await scanExample() },
    { page: reference, name: 'options', text: optionsMarkdown() },
    { page: reference, name: 'diagnose-options', text: diagnoseOptionsMarkdown() },
    { page: fields, name: 'diagnosis', text: diagnosisMarkdown() },
    { page: reference, name: 'inject-options', text: injectOptionsMarkdown() },
    { page: reference, name: 'listings', text: listingsMarkdown() },
    { page: reference, name: 'checks', text: checksMarkdown() },
    { page: reference, name: 'metrics', text: metricsMarkdown() },
    { page: fields, name: 'report', text: reportMarkdown() },
    { page: fields, name: 'ensemble', text: schemaMarkdown(ensembleJsonSchema()) },
  ];
}

/** The fields of a report, without those of the ensemble and the list of codes, which stand elsewhere. */
function reportMarkdown(): string {
  return schemaMarkdown(reportJsonSchema())
    .split('\n')
    .filter((line) => !line.includes('`ensemble.'))
    .map((line) =>
      line.replace(/^(\| `findings\[\]\.code` \| )[^|]+/, '$1[a code](RUNBOOK.md#findings) '),
    )
    .join('\n');
}

/** The fields of a diagnosis, without those of the reports and of the ensemble, which have tables of their own. */
function diagnosisMarkdown(): string {
  const elsewhere = /`(?:members\[\]\.report|ensemble)\./;
  return schemaMarkdown(diagnosisJsonSchema())
    .split('\n')
    .filter((line) => !elsewhere.test(line))
    .join('\n');
}

export function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** The page's text with the block as the code has it now. */
export function withBlock(page: string, { name, text }: Block): string {
  const begin = `<!-- begin ${name} -->`;
  const end = `<!-- end ${name} -->`;
  const [before, rest, ...more] = page.split(begin);
  const [old, after, ...evenMore] = rest?.split(end) ?? [];
  if (before === undefined || old === undefined || after === undefined) {
    throw new Error(
      `there is no block "${begin}" … "${end}"; put these two lines where it belongs`,
    );
  }
  if (more.length > 0 || evenMore.length > 0) throw new Error(`${begin} or its end is there twice`);
  return `${before}${begin}\n\n${text}\n${end}${after}`;
}

/** The origin story's capture, as `scan` prints it. */
const SCAN = [
  'scan',
  '--members=10.96.8.10,10.96.6.11,10.96.7.10',
  '--pod-ip=10.96.8.10',
  '--proc=test/fixtures/zookeeper/loopback-podip/16s/0',
];

async function scanExample(): Promise<string> {
  let printed = '';
  const code = await run(
    SCAN.map((word) => word.replace('--proc=', `--proc=${ROOT}/`)),
    {},
    {
      hostname: 'zookeeper-0',
      hostsFile: () => null,
      readText: () => Promise.reject(new Error('no file is named')),
      stopSignal: () => new Promise(() => {}),
      out: (text) => {
        printed += text;
      },
      error: (text) => {
        throw new Error(text);
      },
      colour: false,
    },
  );
  const command = SCAN.map((word) => (word.startsWith('--') ? `\\\n    ${word}` : word)).join(' ');
  return `\`\`\`console\n$ node dist/main.js ${command}\n${printed}$ echo $?\n${code}\n\`\`\`\n`;
}
