/**
 * `reader.ts ORIGIN N`: opens the status page and its stream of changes N times, as N browser tabs would,
 * and reads on until its starter ends it. Says `open` once all N streams have begun.
 */
import { get, type IncomingMessage } from 'node:http';
import { untilStdinEnds } from './program.ts';

const [origin = '', count] = process.argv.slice(2);

const tabs = Array.from({ length: Number(count) }, async () => {
  const page = await answer('/');
  page.resume();
  const stream = await answer('/api/v1/stream');
  if (stream.statusCode !== 200) throw new Error(`the stream answered ${stream.statusCode}`);
  stream.resume();
});
await Promise.all(tabs);
process.stdout.write('open\n');
await untilStdinEnds();
process.exit();

function answer(path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(`${origin}${path}`, { agent: false }, resolve).on('error', reject);
  });
}
