/**
 * `npm run screenshots`: pictures of the status page for the documentation, written to `deploy/images/`. What
 * they show are captures of real ensembles in `test/fixtures`, judged as the agent judges them.
 */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { viewEnsemble } from '../../src/assess/ensemble/ensemble.ts';
import { reportEnsemble } from '../../src/assess/ensemble/report-ensemble.ts';
import type { PageState } from '../../src/http/page/state.ts';
import { NO_TIMELINE } from '../../src/http/page/timeline.ts';
import type { Report } from '../../src/model/report.ts';
import { zookeeper } from '../../src/profiles/zookeeper.ts';
import { answered, PODS } from '../assess/captured-ensemble.ts';
import { lookAt, named } from '../assess/judging.ts';
import { NOW, NOW_MS } from '../http/page/states.ts';
import { launch } from './chromium.ts';
import { servePage } from './page-server.ts';

const IMAGES = fileURLToPath(new URL('../../deploy/images/', import.meta.url));
const CAPTURES = fileURLToPath(new URL('../fixtures/zookeeper/', import.meta.url));
const MEMBERS = PODS.map((_, pod) => `zk-${pod}.zk-headless.prod.svc.cluster.local`);
const WIDTH = 1080;

/** A picture: the capture, which of its pods is seen, whether it asks the others, and how much of the page. */
const PICTURES = [
  { file: 'ensemble.png', moment: 'none-basic/follower-down-3s', pod: 1, asks: true, height: 640 },
  { file: 'mesh.png', moment: 'loopback-podip/16s', pod: 0, asks: false, height: 630 },
] as const;

mkdirSync(IMAGES, { recursive: true });
const browser = await launch();
for (const picture of PICTURES) {
  const state = await stateOf(picture.moment, picture.pod, picture.asks);
  await shoot(browser, state, picture.file, picture.height);
}
await browser.close();

/** What a pod's page shows at a captured moment. */
async function stateOf(moment: string, pod: number, asks: boolean): Promise<PageState> {
  const names = new Map(
    MEMBERS.map((name, at) => [
      name,
      { kind: 'published', addresses: [PODS[at] ?? ''], atMs: 0 } as const,
    ]),
  );
  const reports = await Promise.all(
    PODS.map((address, at) =>
      lookAt(
        `${CAPTURES}${moment}/${at}`,
        address,
        { ensemble: named(...MEMBERS), podName: `zk-${at}` },
        { names, at: NOW },
      ),
    ),
  );
  const own: Report | undefined = reports[pod];
  if (own === undefined) throw new Error(`${moment} has no pod ${pod}`);
  const others = reports.flatMap((report, at) =>
    at === pod ? [] : [[MEMBERS[at] ?? '', answered(report)] as const],
  );
  const answers = asks ? new Map(others) : null;
  const ensemble = viewEnsemble({ own, answers, profile: zookeeper, observers: new Set() });
  const { ensemble: judged } = reportEnsemble(ensemble, zookeeper.quorum, new Map(), {
    nowMs: 0,
    at: NOW,
  });
  return {
    nowMs: NOW_MS,
    report: { ...own, ensemble: judged, scan: { ...own.scan, at: NOW } },
    profile: zookeeper,
    timeline: NO_TIMELINE,
    transitions: [],
    ensemble,
    evidence: null,
    probePort: 4888,
    runbookUrl: null,
  };
}

async function shoot(
  browser: Browser,
  state: PageState,
  file: string,
  height: number,
): Promise<void> {
  const server = await servePage(state, {}, () => NOW_MS);
  const page = await browser.newPage({ viewport: { width: WIDTH, height } });
  await page.goto(server.url);
  await page.locator('html[data-stream=live]').waitFor();
  await page.screenshot({ path: `${IMAGES}${file}` });
  await page.close();
  await server.close();
}
