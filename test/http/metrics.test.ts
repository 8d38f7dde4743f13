import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { SCAN_ERRORS } from '../../src/model/agent-view.ts';
import { FINDING_CODES, FINDING_SEVERITIES } from '../../src/model/findings.ts';
import { TCP_STATES } from '../../src/model/socket.ts';
import { skipWithout, toolPath } from '../tools.ts';
import { parseExposition, seriesKey } from './metrics/parse.ts';
import { type RawClient, rawClient, requestText } from './raw-client.ts';
import {
  blankReport,
  fakeView,
  leaderReport,
  lookingReport,
  PEERS,
  TOTALS,
  WATCHED,
} from './sample-report.ts';
import { serve, until } from './serving.ts';

const GOLDEN = new URL('../fixtures/http/metrics.txt', import.meta.url);

/** Every series that alerts may rest on, from the names and labels promised to users. */
function promisedSeries(): string[] {
  const names: string[] = [];
  const add = (name: string, labels: Record<string, string> = {}) => {
    names.push(seriesKey({ name: `quorum_probe_${name}`, labels }));
  };
  for (const name of ['ready', 'in_quorum', 'bootstrap', 'voters', 'majority', 'quorum_margin']) {
    add(name);
  }
  for (const verdict of ['healthy', 'degraded', 'broken', 'unknown']) {
    add('verdict', { verdict });
  }
  for (const role of 'leader learner looking standalone absent member unknown'.split(' ')) {
    add('member_role', { role });
  }
  for (const check of WATCHED.checks) {
    for (const status of ['pass', 'warn', 'fail', 'unknown']) {
      add('check', { check, status });
    }
  }
  for (const { code, severity } of FINDING_SEVERITIES) {
    add('finding', { code, severity });
  }
  for (const { port, role } of WATCHED.ports) {
    const labels = { port: String(port), port_role: role };
    for (const name of [
      'listening',
      'links_expected',
      'stalled_links',
      'accept_queue',
      'unread_bytes',
      'unacked_bytes',
      'link_opened_total',
      'link_lost_total',
    ]) {
      add(name, labels);
    }
    for (const reach of ['wildcard', 'pod', 'loopback']) {
      add('listener_reach', { ...labels, reach });
    }
    for (const state of TCP_STATES) {
      add('sockets', { ...labels, state });
    }
    for (const direction of ['inbound', 'outbound']) {
      add('links', { ...labels, direction });
    }
  }
  for (const peer of PEERS) {
    add('peer_linked', { peer });
  }
  for (const name of 'attempt_fails estab_resets retrans_segs out_rsts listen_overflows listen_drops timeouts'.split(
    ' ',
  )) {
    add(`tcp_${name}_total`);
  }
  for (const reason of ['start', 'change', 'max-age', 'confirm']) {
    add('scans_total', { reason });
  }
  for (const reason of SCAN_ERRORS) {
    add('scan_errors_total', { reason });
  }
  add('scan_duration_seconds');
  add('last_scan_timestamp_seconds');
  add('build_info', { version: '1.2.3', node: 'v20.20.2' });
  return names;
}

test('the first scrape, before any look, has every promised series once', async (t) => {
  const { get } = await serve(t, fakeView(blankReport()));
  const keys = parseExposition((await get('/metrics')).body).map(seriesKey);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of promisedSeries()) {
    assert.ok(keys.includes(key), key);
  }
});

test('nothing is known before the first look, and nothing unknown is shown as 0', async (t) => {
  const { get } = await serve(t, fakeView(blankReport()));
  const values = valuesOf((await get('/metrics')).body);
  for (const key of [
    'quorum_probe_in_quorum',
    'quorum_probe_quorum_margin',
    'quorum_probe_listening{port=2888,port_role=quorum}',
    'quorum_probe_sockets{port=2888,port_role=quorum,state=established}',
    'quorum_probe_peer_linked{peer=zk-0.zk}',
    'quorum_probe_tcp_out_rsts_total',
  ]) {
    assert.equal(values.get(key), 'NaN', key);
  }
  assert.equal(values.get('quorum_probe_ready'), '0');
  assert.equal(values.get('quorum_probe_check{check=scan,status=unknown}'), '1');
  assert.equal(values.get('quorum_probe_last_scan_timestamp_seconds'), '0');
});

test('a ZooKeeper of three takes no more than 300 series, the same in every state, and 9 more for each further member', async (t) => {
  const seriesWith = async (peers: readonly string[]): Promise<number> => {
    const view = fakeView();
    const { get } = await serve(t, view, { watched: { ...WATCHED, peers } });
    const leader = parseExposition((await get('/metrics')).body).map(seriesKey);
    view.current = lookingReport();
    assert.deepEqual(parseExposition((await get('/metrics')).body).map(seriesKey), leader);
    return leader.length;
  };
  const three = await seriesWith(PEERS.slice(0, 2));
  assert.ok(three <= 300, `${three} series`);
  assert.equal(await seriesWith(PEERS.slice(0, 4)), three + 2 * 9);
});

test("a leader's exposition is the golden one, process metrics aside", async (t) => {
  const { get } = await serve(t, fakeView());
  const { status, headers, body } = await get('/metrics');
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  const served = withoutProcessValues(body);
  if (process.env['UPDATE_GOLDEN']) {
    writeFileSync(GOLDEN, served);
  }
  assert.equal(served, readFileSync(GOLDEN, 'utf8'), 'if meant, run once with UPDATE_GOLDEN=1');
});

test('the format stays the same whatever a scraper asks for', async (t) => {
  const { get } = await serve(t, fakeView());
  const accept = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5';
  const first = await get('/metrics', { accept });
  const second = await get('/metrics');
  assert.equal(first.headers['content-type'], second.headers['content-type']);
  assert.equal(withoutProcessValues(first.body), withoutProcessValues(second.body));
});

test('promtool check metrics has nothing to say', {
  skip: skipWithout('promtool'),
}, async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  for (const report of [leaderReport(), lookingReport(), blankReport()]) {
    view.current = report;
    const input = (await get('/metrics')).body;
    const { status, stdout, stderr } = spawnSync(toolPath('promtool'), ['check', 'metrics'], {
      input,
      encoding: 'utf8',
    });
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' });
  }
});

test('a finding and a failed check are seen in their series', async (t) => {
  const { get } = await serve(t, fakeView(lookingReport()));
  const values = valuesOf((await get('/metrics')).body);
  assert.equal(values.get('quorum_probe_finding{code=no-quorum,severity=critical}'), '1');
  assert.equal(values.get('quorum_probe_finding{code=stalled-link,severity=warning}'), '0');
  assert.equal(values.get('quorum_probe_check{check=quorum-link,status=fail}'), '1');
  assert.equal(values.get('quorum_probe_check{check=quorum-link,status=pass}'), '0');
  assert.equal(values.get('quorum_probe_ready'), '0');
  assert.equal(values.get('quorum_probe_quorum_margin'), 'NaN');
  assert.equal(values.get('quorum_probe_member_role{role=looking}'), '1');
});

test('the ready metric says what /readyz says, while stopping too', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  assert.equal(valuesOf((await get('/metrics')).body).get('quorum_probe_ready'), '1');
  view.isStopping = true;
  assert.equal(valuesOf((await get('/metrics')).body).get('quorum_probe_ready'), '0');
});

test('a kernel counter that cannot be read keeps its last value', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  await get('/metrics');
  view.current = leaderReport({ counters: { ...leaderReport().counters, outRsts: null } });
  for (const _ of ['once', 'and again']) {
    const values = valuesOf((await get('/metrics')).body);
    assert.equal(values.get('quorum_probe_tcp_out_rsts_total'), '4');
    assert.equal(values.get('quorum_probe_tcp_estab_resets_total'), '2');
  }
  view.current = leaderReport({ counters: { ...leaderReport().counters, outRsts: 11 } });
  const values = valuesOf((await get('/metrics')).body);
  assert.equal(values.get('quorum_probe_tcp_out_rsts_total'), '11');
});

test('a metric that cannot be collected is counted and leaves the others alone', async (t) => {
  const view = fakeView();
  const { get } = await serve(t, view);
  const before = parseExposition((await get('/metrics')).body).map(seriesKey);
  view.totals = () => ({
    ...TOTALS,
    get linksOpened(): never {
      throw new Error('lost');
    },
  });
  view.current = {
    ...leaderReport(),
    get mesh(): never {
      throw new Error('lost');
    },
  };
  const { status, body } = await get('/metrics');
  assert.equal(status, 200);
  assert.deepEqual(view.errors, ['collect-failed', 'collect-failed']);
  assert.deepEqual(parseExposition(body).map(seriesKey), before);
  const values = valuesOf(body);
  assert.equal(values.get('quorum_probe_mesh_info{inbound=passthrough,kind=istio-sidecar}'), 'NaN');
  assert.equal(values.get('quorum_probe_link_opened_total{port=2888,port_role=quorum}'), '9');
  assert.equal(values.get('quorum_probe_ready'), '1');
});

test('hostile names stay inside their labels', async (t) => {
  const peer = 'a"} 1\nquorum_probe_ready 1\n#\\';
  const report = lookingReport({
    peers: [{ name: peer, addresses: [], status: 'missing', reach: 'unknown', vitals: null }],
  });
  const { get } = await serve(t, fakeView(report), { watched: { ...WATCHED, peers: [peer] } });
  const series = parseExposition((await get('/metrics')).body);
  assert.deepEqual(
    series.filter(({ name }) => name === 'quorum_probe_peer_linked'),
    [{ name: 'quorum_probe_peer_linked', labels: { peer }, value: '0' }],
  );
  assert.equal(series.filter(({ name }) => name === 'quorum_probe_ready').length, 1);
});

test('no finding of the catalogue is named twice', () => {
  const codes = FINDING_CODES.map(({ code }) => code);
  assert.equal(new Set(codes).size, codes.length);
});

function valuesOf(text: string): ReadonlyMap<string, string> {
  return new Map(parseExposition(text).map((series) => [seriesKey(series), series.value]));
}

function withoutProcessValues(text: string): string {
  return text.replaceAll(/^((?:process|nodejs)_\w+) .*$/gm, '$1');
}

test('a scrape that is being rendered serves all who ask meanwhile', async (t) => {
  let read = 0;
  const view = fakeView();
  const counted = {
    ...view,
    totals: () => {
      read += 1;
      return view.totals();
    },
  };
  const { server } = await serve(t, counted);
  const scrapers: RawClient[] = [];
  for (let count = 0; count < 40; count += 1) scrapers.push(await rawClient(t, server.port));
  await until(() => server.connections().accepted === scrapers.length);
  for (const scraper of scrapers) scraper.send(requestText('/metrics'));
  await until(() => scrapers.every((scraper) => scraper.text().includes('process_cpu_seconds')));
  assert.ok(read < scrapers.length / 2, `${scrapers.length} scrapes were rendered ${read} times`);
});
