import type { CheckStatus, Severity, Verdict } from '../../model/report.ts';
import { type Markup, markup, unsafeMarkup } from './markup.ts';
import type { Tone } from './tone.ts';

/** The leader's mark, 18 units wide. */
export const STAR = markup`<path class="star" d="M9 1l2.4 5.2 5.6.7-4.1 3.9 1 5.6L9 13.7l-4.9 2.7 1-5.6L1 6.9l5.6-.7z"/>`;

/** Shapes that differ without their colour, in a 24 by 24 box. */
const SHAPES = {
  tick: '<circle cx="12" cy="12" r="11"/><path d="M6.5 12.5l3.8 3.8 7.4-8"/>',
  warn: '<path class="fill" d="M12 1.5L23.4 22H.6z"/><path d="M12 9v6M12 18.4h.01"/>',
  cross: '<path class="fill" d="M7 1h10l6 6v10l-6 6H7l-6-6V7z"/><path d="M8 8l8 8M16 8l-8 8"/>',
  query:
    '<circle cx="12" cy="12" r="11"/><path d="M8.8 9.2a3.3 3.3 0 1 1 4.7 3q-1.5.7-1.5 2.3M12 18h.01"/>',
  clock: '<circle cx="12" cy="12" r="11"/><path d="M12 6v6.4l4.2 2.6"/>',
  dash: '<circle cx="12" cy="12" r="11"/><path d="M7.5 12h9"/>',
  note: '<circle cx="12" cy="12" r="11"/><path d="M12 11v6M12 7h.01"/>',
} as const;

const TONE_SHAPE = {
  settling: 'clock',
  healthy: 'tick',
  degraded: 'warn',
  broken: 'cross',
  unknown: 'query',
} as const;
const STATUS_SHAPE = { pass: 'tick', warn: 'warn', fail: 'cross', unknown: 'query' } as const;
const SEVERITY_SHAPE = { critical: 'cross', warning: 'warn', info: 'note' } as const;

/** Signs that stand before a page's title, where only text can go. */
export const TITLE_SIGN: Readonly<Record<Tone, string>> = {
  healthy: '✓',
  degraded: '⚠',
  broken: '✗',
  unknown: '?',
  settling: '◔',
};

const ICON_COLOUR: Readonly<Record<Tone, string>> = {
  healthy: '#1a7f4b',
  degraded: '#b36b00',
  broken: '#c4262e',
  unknown: '#6b6780',
  settling: '#2f5fb3',
};

export function verdictMark(verdict: Verdict): Markup {
  return mark(verdict, TONE_SHAPE[verdict]);
}

/** The mark of a whole page. */
export function toneMark(tone: Tone): Markup {
  return mark(tone, TONE_SHAPE[tone]);
}

/** The mark of a check that does not apply. */
export function quietMark(): Markup {
  return mark('quiet-check', 'dash');
}

export function statusMark(status: CheckStatus): Markup {
  return mark(status, STATUS_SHAPE[status]);
}

export function severityMark(severity: Severity): Markup {
  return mark(severity, SEVERITY_SHAPE[severity]);
}

function mark(kind: string, shape: keyof typeof SHAPES): Markup {
  return markup`<svg class="mark ${kind}" viewBox="0 0 24 24" aria-hidden="true">${unsafeMarkup(SHAPES[shape])}</svg>`;
}

/** The tab's icon as a data address. */
export function toneIcon(tone: Tone): string {
  const shape = SHAPES[TONE_SHAPE[tone]];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="${ICON_COLOUR[tone]}" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round">${shape}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
