import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { filesByPart, inTests } from './parts.ts';

// A commit that passed there passes again; everywhere else each run tries other inputs.
if (process.env['CI'] === 'true') fc.configureGlobal({ seed: 1 });

/** Loads all files of a part into this process; a file that cannot be loaded is a failed test. */
export async function loadPart(part: string): Promise<void> {
  failWhereCutShort();
  const files = filesByPart().get(part) ?? [];
  const broken: string[] = [];
  let loaded: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    loaded = resolve;
  });
  // The first test holds up the others, so that none runs while files are still being loaded.
  test(`every file of the part ${part} can be loaded`, async () => {
    await all;
    assert.notEqual(files.length, 0, `no test file belongs to the part ${part}`);
    assert.equal(broken.length, 0, broken.join('\n\n'));
  });
  for (const file of files) {
    try {
      await import(pathToFileURL(inTests(file)).href);
    } catch (error) {
      broken.push(`test/${file}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  loaded();
}

/** Where a test ended the process, those after it were lost: that fails, with whatever code it ended. */
function failWhereCutShort(): void {
  let complete = false;
  after(() => {
    complete = true;
  });
  process.on('exit', () => {
    if (complete || process.exitCode) return;
    console.error('the process ended before its tests did');
    process.exitCode = 1;
  });
}
