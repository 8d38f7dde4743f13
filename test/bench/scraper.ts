/**
 * `scraper.ts URL N`: waits until URL answers, then scrapes it N times, each on a fresh connection.
 * Says how many were answered: fewer than N where the server died.
 */
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const [url = '', count] = process.argv.slice(2);

while (!(await scrape().catch(() => false))) await sleep(100);
let answered = 0;
while (answered < Number(count) && (await scrape().catch(() => false))) answered += 1;
process.stdout.write(`${answered}\n`);

function scrape(): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    }).on('error', reject);
  });
}
