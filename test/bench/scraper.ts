/** `scraper.ts URL N`: waits until URL answers, then scrapes it N times, each on a fresh connection. */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', count] = process.argv.slice(2);

while (!(await scrape().catch(() => false))) await sleep(100);
for (let done = 0; done < Number(count); done += 1) await scrape();
process.stdout.write('done\n');

function scrape(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    }).on('error', reject);
  });
}
