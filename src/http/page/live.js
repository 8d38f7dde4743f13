/**
 * The status page's live part, run by browsers. It takes the parts that changed from the agent's
 * stream, says when the stream is lost, and opens it again; without it the page is a still one.
 */

/** Three missed heartbeats: a dead tunnel raises no error by itself. */
const SILENCE_MS = 15_000;
const RETRY_MS = 2_000;
const FOCUSABLE = 'a, summary, input, button, [tabindex]';
/** How far back the timeline goes. */
const TIMELINE_MS = 30 * 60_000;

const root = document.documentElement;
const streamWords = byId('stream-words');
const spoken = byId('spoken');
let heardAtMs = Date.now();
/** How far this clock is ahead of the agent's. */
let clockAheadMs = heardAtMs - Number(root.dataset['now']);
/** @type {EventSource | undefined} */
let source;
/** @type {number | undefined} */
let retry;
/** @type {number | undefined} */
let silence;

/** @param {string} id */
function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no element "${id}".`);
  return element;
}

function open() {
  clearTimeout(retry);
  source?.close();
  source = new EventSource('api/v1/stream');
  source.addEventListener('page', (event) => {
    const update = JSON.parse(event.data);
    show(update);
    heard(update.nowMs);
  });
  source.addEventListener('beat', (event) => heard(JSON.parse(event.data).nowMs));
  source.addEventListener('error', lose);
  listen();
}

function listen() {
  clearTimeout(silence);
  silence = setTimeout(lose, SILENCE_MS);
}

/** @param {number} nowMs the agent's clock */
function heard(nowMs) {
  heardAtMs = Date.now();
  clockAheadMs = heardAtMs - nowMs;
  root.dataset['stream'] = 'live';
  tick();
  listen();
}

function lose() {
  clearTimeout(silence);
  source?.close();
  root.dataset['stream'] = 'lost';
  tick();
  clearTimeout(retry);
  retry = setTimeout(open, RETRY_MS);
}

/**
 * @param {{ title: string, verdict: string, icon: string, spoken: string,
 *   sections: Record<string, string> }} update
 */
function show(update) {
  document.title = update.title;
  root.dataset['verdict'] = update.verdict;
  byId('icon').setAttribute('href', update.icon);
  for (const [id, html] of Object.entries(update.sections)) replace(byId(id), html);
  if (spoken.textContent !== update.spoken) spoken.textContent = update.spoken;
}

/**
 * Puts new content into a part of the page and keeps what its reader did there.
 * @param {HTMLElement} place
 * @param {string} html escaped by the agent
 */
function replace(place, html) {
  const opened = Array.from(place.querySelectorAll('details[open]'), ({ id }) => id);
  const chosen = Array.from(place.querySelectorAll('input:checked'), ({ id }) => id);
  const scrolled = Array.from(place.querySelectorAll('.scroll'), ({ scrollLeft }) => scrollLeft);
  const active = document.activeElement;
  const focused = active ? Array.from(place.querySelectorAll(FOCUSABLE)).indexOf(active) : -1;
  place.innerHTML = html;
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  for (const id of chosen) {
    const input = document.getElementById(id);
    if (input instanceof HTMLInputElement) input.checked = true;
  }
  place.querySelectorAll('.scroll').forEach((element, i) => {
    element.scrollLeft = scrolled[i] ?? 0;
  });
  const next = place.querySelectorAll(FOCUSABLE)[focused];
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
}

/** @param {number} ms a moment on this clock */
function age(ms) {
  const seconds = Math.max(0, Math.floor((Date.now() - ms) / 1000));
  if (seconds < 2) return 'just now';
  if (seconds < 120) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}

/** @param {number} ms a duration, in at most two units */
function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** The agent's clock, as far as it was heard. */
function agentNow() {
  return Date.now() - clockAheadMs;
}

/** The moment that the address names after `#at=`, in milliseconds; NaN where it names none. */
function momentInAddress() {
  const [, iso = ''] = /^#at=([\w:.-]+)$/.exec(location.hash) ?? [];
  return Date.parse(iso);
}

/** Marks that moment in every row of the timeline. */
function markMoment() {
  for (const old of document.querySelectorAll('.moment')) old.remove();
  const spanMs = document.querySelector('#span-30:checked') ? TIMELINE_MS : TIMELINE_MS / 2;
  const share = 1 - (agentNow() - momentInAddress()) / spanMs;
  if (!(share >= 0 && share <= 1)) return;
  for (const track of document.querySelectorAll('.track')) {
    const mark = document.createElement('span');
    mark.className = 'moment';
    mark.style.left = `${share * 100}%`;
    track.append(mark);
  }
}

/** Shows the longer timeline where the moment lies beyond the shorter one, and moves there. */
function goToMoment() {
  const agoMs = agentNow() - momentInAddress();
  const longer = document.getElementById('span-30');
  if (agoMs > TIMELINE_MS / 2 && longer instanceof HTMLInputElement) longer.checked = true;
  markMoment();
  if (agoMs >= 0 && document.getElementById(location.hash.slice(1)) === null) {
    byId('timeline').scrollIntoView();
  }
}

/**
 * @param {HTMLElement} button
 * @param {string} text
 */
async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text);
    spoken.textContent = 'Copied.';
    button.dataset['copied'] = '';
  } catch {
    // No clipboard: a page that is not read from this machine over http is not trusted with it.
    prompt('Copy this:', text);
  }
}

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest('button') : null;
  if (button === null) return;
  const command = button.dataset['copy'];
  const moment = new Date(agentNow()).toISOString();
  void copy(button, command ?? `${location.href.split('#')[0]}#at=${moment}`);
});
document.addEventListener('change', markMoment);
addEventListener('hashchange', goToMoment);

function tick() {
  for (const time of document.querySelectorAll('time[data-since]')) {
    time.textContent = duration(agentNow() - Date.parse(time.getAttribute('datetime') ?? ''));
  }
  markMoment();
  for (const time of document.querySelectorAll('time[data-age]')) {
    time.textContent = age(Date.parse(time.getAttribute('datetime') ?? '') + clockAheadMs);
  }
  const words =
    root.dataset['stream'] === 'live'
      ? 'Live'
      : `Stream lost, trying again. Last heard ${age(heardAtMs)}.`;
  if (streamWords.textContent !== words) streamWords.textContent = words;
}

setInterval(tick, 1000);
goToMoment();
addEventListener('pagehide', () => source?.close());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) open();
});
open();
