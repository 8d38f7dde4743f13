import { Readable } from 'node:stream';
import type { TestEvent } from 'node:test/reporters';
import { spec, tap } from 'node:test/reporters';

/** Tests that were skipped, counted by the reason they gave. */
type Skips = Map<string, number>;

/**
 * Node's own report, in which the tests that were skipped for the same reason are one line at the end:
 * a missing tool would show a hundred times otherwise.
 */
export async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string, void> {
  const skips: Skips = new Map();
  const shown = withoutSkips(events, skips);
  if (process.stdout.isTTY) yield* Readable.from(shown).compose(new spec());
  else yield* tap(shown);
  yield skipLines(skips);
}

export function skipLines(skips: ReadonlyMap<string, number>): string {
  return [...skips]
    .map(([reason, count]) => `# ${count} ${count === 1 ? 'test' : 'tests'} skipped: ${reason}\n`)
    .join('');
}

/** The events but those of skipped tests, which are counted. */
export async function* withoutSkips(
  events: AsyncIterable<TestEvent>,
  skips: Skips,
): AsyncGenerator<TestEvent, void> {
  let begun: TestEvent | null = null;
  for await (const event of events) {
    if (event.type === 'test:start') {
      if (begun !== null) yield begun;
      begun = event;
      continue;
    }
    const skip = event.type === 'test:pass' ? event.data.skip : undefined;
    if (typeof skip === 'string') {
      skips.set(skip, (skips.get(skip) ?? 0) + 1);
      begun = null;
      continue;
    }
    if (begun !== null) yield begun;
    begun = null;
    yield event;
  }
  if (begun !== null) yield begun;
}
