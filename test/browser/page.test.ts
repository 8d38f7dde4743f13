import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { PageState } from '../../src/http/page/state.ts';
import { HOSTILE, hostileState } from '../http/page/hostile.ts';
import { leaderOf, NOW_MS, STATES } from '../http/page/states.ts';
import { launch, openPage, skip, violations } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';

describe('the status page in a real browser', () => {
  let browser: Browser;
  let server: PageServer;

  before(async () => {
    if (skip) return;
    browser = await launch();
    server = await servePage(STATES.leader);
  });
  after(async () => {
    if (skip) return;
    await browser.close();
    await server.close();
  });

  /** What the reader of a state must find in its verdict and in its picture. */
  const SHOWN: readonly (readonly [keyof typeof STATES, string, readonly string[]])[] = [
    ['leader', '✓ healthy · zk-0', ['Leading the quorum', 'quorum 2888', 'learner · linked']],
    [
      'learner',
      '✓ healthy · zk-0',
      ['Following in the quorum', 'leader · linked', 'idle, not needed'],
    ],
    ['looking', '✗ broken · zk-0', ['looking for a leader', 'connecting', 'missing', 'no-quorum']],
    ['stalled', '⚠ degraded · zk-0', ['stalled 12 s · 468 B', 'Cause', 'Remedy', 'stalled-link']],
    ['mesh', '✓ healthy · zk-0', ['istio-sidecar proxy', 'seen at the proxy', 'mTLS']],
    ['hung', '⚠ degraded · zk-0', ['51 not accepted', '8.4 KiB unread', 'accept-queue-backlog']],
    ['unknown', '? unknown · zk-0', ['cannot see the sockets', 'permission denied']],
    ['asked', '✓ healthy · zk-0', ['Ensemble degraded', 'this member', 'Who sees whom']],
    ['settling', '◔ settling · zk-0', ['Settling, ready in']],
  ];
  const SCHEMES = [
    { colorScheme: 'light', viewport: { width: 1100, height: 900 } },
    { colorScheme: 'dark', viewport: { width: 360, height: 780 } },
  ] as const;

  for (const [name, title, texts] of SHOWN) {
    for (const options of SCHEMES) {
      const where = `${options.colorScheme}, ${options.viewport.width} px`;
      test(`${name} is told, in order and accessible (${where})`, { skip }, async () => {
        server.show(STATES[name]);
        const { page, complaints } = await openPage(browser, server.url, options);
        assert.equal(await page.title(), title);
        for (const text of texts) {
          await page.getByText(text).filter({ visible: true }).first().waitFor();
        }
        assert.deepEqual(await violations(page), []);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        assert.equal(width, options.viewport.width, 'no sideways scrolling');
        assert.deepEqual(complaints, []);
        await page.close();
      });
    }
  }

  test('nine members fit, and a drawing of its own is legible at 360 px', { skip }, async () => {
    server.show(leaderOf(9));
    const { page } = await openPage(browser, server.url, { viewport: { width: 360, height: 780 } });
    assert.equal(await page.locator('svg.wide').isVisible(), false);
    const texts = page.locator('svg.narrow text');
    for (const text of await texts.all()) {
      const box = await text.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 360, 'a text leaves the screen');
      assert.ok(box.height >= 11, `a text is only ${box.height} px high`);
    }
    assert.equal(await page.locator('svg.narrow .peer').count(), 8);
    await page.close();
  });

  test('dark is dark', { skip }, async () => {
    const { page } = await openPage(browser, server.url, { colorScheme: 'dark' });
    const colour = await page.evaluate(
      'getComputedStyle(document.documentElement).backgroundColor',
    );
    assert.equal(colour, 'rgb(18, 18, 23)');
    await page.close();
  });

  test('a change shows without reload and keeps what the reader opened and focused', {
    skip,
  }, async () => {
    server.show(STATES.leader);
    const { page, complaints } = await openPage(browser, server.url);
    await page.evaluate('window.sameDocument = true');
    await page.locator('#tables summary').click();
    server.show(STATES.stalled);
    await page.getByRole('heading', { name: 'has not answered for 12 s' }).waitFor();
    assert.equal(await page.title(), '⚠ degraded · zk-0');
    await page.locator('#spoken', { hasText: /^degraded, ready/ }).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate('window.sameDocument'), true);
    assert.equal(await page.locator('#tables details').getAttribute('open'), '');
    assert.equal(await page.evaluate('document.activeElement.tagName'), 'SUMMARY');
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('a lost stream is said, and the page goes on by itself when it is back', {
    skip,
  }, async () => {
    server.show(STATES.leader);
    const { page } = await openPage(browser, server.url);
    server.cut();
    await page.locator('html[data-stream=lost]').waitFor();
    await page.locator('#stream', { hasText: /^Stream lost, trying again/ }).waitFor();
    await page.getByRole('heading', { name: 'Leading the quorum' }).waitFor();
    server.show(STATES.broken);
    server.heal();
    await page.locator('html[data-stream=live][data-verdict=broken]').waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.close();
  });

  test('a stream that falls silent without an error counts as lost', { skip }, async () => {
    const quiet = await servePage(STATES.leader, { heartbeatMs: 3_600_000 });
    const page = await browser.newPage();
    await page.clock.install();
    await page.goto(quiet.url);
    await page.locator('html[data-stream=live]').waitFor();
    await page.clock.fastForward(16_000);
    await page.locator('html[data-stream=lost]').waitFor();
    await page.clock.fastForward(3_000);
    await page.locator('html[data-stream=live]').waitFor();
    await page.close();
    await quiet.close();
  });

  test('more pages than streams say so and wait', { skip }, async () => {
    const small = await servePage(STATES.leader, { mostStreams: 1 });
    const first = await openPage(browser, small.url);
    const second = await browser.newPage();
    await second.goto(small.url);
    await second.locator('html[data-stream=lost]').waitFor();
    await first.page.close();
    await second.locator('html[data-stream=live]').waitFor();
    await second.close();
    await small.close();
  });

  test('without JavaScript the page says all of it, and from when it is', { skip }, async () => {
    server.show(STATES.broken);
    const { page } = await openPage(browser, server.url, { javaScriptEnabled: false });
    await page.getByRole('heading', { name: 'looking for a leader' }).waitFor();
    await page.getByText('quorumListenOnAllIPs=true').waitFor();
    await page.locator('#stream', { hasText: /State of \d\d:\d\d:\d\d UTC · reload/ }).waitFor();
    await page.locator('#tables summary').click();
    await page.getByRole('cell', { name: 'missing' }).first().waitFor();
    await page.close();
  });

  test('every interactive part is reached by the keyboard, in order', { skip }, async () => {
    server.show(STATES.looking);
    const { page } = await openPage(browser, server.url);
    const reached: unknown[] = [];
    const texts = `(() => {
      const { id, textContent } = document.activeElement;
      return id || textContent.trim().slice(0, 12);
    })()`;
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(texts));
    }
    assert.deepEqual(reached, [
      'SYN-SENT  0 ',
      'no-quorum',
      '1 informatio',
      'span-15',
      'Copy link to',
      '03:13:04 UTC',
      '03:13:03 UTC',
      '03:13:03 UTC',
      'Peers, links',
      'report',
      'metrics',
      'readyz',
    ]);
    await page.close();
  });

  test('a command for another page is copied, and so is a link to this moment', {
    skip,
  }, async () => {
    server.show(STATES.asked);
    const permissions = ['clipboard-read', 'clipboard-write'];
    const { page, complaints } = await openPage(browser, server.url, { permissions });
    const copied = () => page.evaluate('navigator.clipboard.readText()');
    await page.locator('#pages summary').click();
    await page.getByRole('button', { name: 'Copy the command for zk-1' }).click();
    await page.locator('#spoken', { hasText: 'Copied.' }).waitFor({ state: 'attached' });
    assert.equal(await copied(), 'kubectl port-forward -n prod pod/zk-1 :4888');
    await page.getByRole('button', { name: 'Copy link to this moment' }).click();
    await page.locator('button[data-moment][data-copied]').waitFor();
    assert.match(String(await copied()), /^http:\/\/127[^#]*\/#at=2026-03-01T03:[\d:.]+Z$/);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test('a link to a moment marks it in the timeline, and an event by itself without scripts', {
    skip,
  }, async () => {
    const still = await servePage(STATES.learner, {}, () => NOW_MS);
    const twentyAgo = new Date(NOW_MS - 20 * 60_000).toISOString();
    const { page, complaints } = await openPage(browser, `${still.url}#at=${twentyAgo}`);
    await page.locator('#span-30:checked').waitFor({ state: 'attached' });
    // In one step, since the mark is set anew each second.
    const share = await page.evaluate(`(() => {
      const track = document.querySelector('.track').getBoundingClientRect();
      const mark = document.querySelector('.moment').getBoundingClientRect();
      return (mark.x - track.x) / track.width;
    })()`);
    assert.ok(Math.abs(Number(share) - 1 / 3) < 0.03, `a third of half an hour, not ${share}`);
    still.show({ ...STATES.learner, timeline: STATES.looking.timeline });
    await page.locator('.track path.out').first().waitFor({ state: 'attached' });
    await page.locator('#span-30:checked').waitFor({ state: 'attached' });
    assert.deepEqual(complaints, []);
    const plain = await browser.newPage({ javaScriptEnabled: false });
    await plain.goto(still.url);
    await plain.locator('.transitions a').first().click();
    assert.equal(await plain.locator('.transitions li:target').count(), 1);
    assert.equal(await plain.getByRole('button').filter({ visible: true }).count(), 0);
    await plain.close();
    await page.close();
    await still.close();
  });

  test('on paper nothing is cut and no control is in the way', { skip }, async () => {
    server.show(STATES.asked);
    const { page } = await openPage(browser, server.url, { viewport: { width: 700, height: 900 } });
    await page.emulateMedia({ media: 'print' });
    assert.equal(await page.getByRole('button').filter({ visible: true }).count(), 0);
    await page.getByText('Ensemble degraded').filter({ visible: true }).first().waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 700);
    await page.close();
  });

  test('hostile text shows as text, at once and live', { skip }, async () => {
    server.show(hostileState);
    const { page, complaints } = await openPage(browser, server.url);
    const harmless: PageState = STATES.leader;
    server.show(harmless);
    await titleWith(page, 'zk-0');
    server.show(hostileState);
    await titleWith(page, HOSTILE.slice(0, 20));
    await page.getByText('onerror=alert(1)').filter({ visible: true }).first().waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('script').count(), 1);
    assert.ok((await page.title()).includes(HOSTILE.slice(0, 20)));
    assert.deepEqual(complaints, []);
    await page.close();
  });
});

/** Waits until the page's title has this text: two states may share every other sign. */
async function titleWith(page: Page, text: string): Promise<void> {
  for (let asked = 0; asked < 600 && !(await page.title()).includes(text); asked += 1) {
    await page.waitForTimeout(50);
  }
}
