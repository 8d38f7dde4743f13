import type { Transition } from '../../model/transition.ts';
import { type Markup, markup, NOTHING } from './markup.ts';
import type { PageState } from './state.ts';
import { clockTime, duration } from './words.ts';

const MOST_EVENTS = 14;
const NO_FINDING = 'none';

/** The last changes, the newest first; each time is a link to that moment. Empty where nothing changed. */
export function eventsSection({ transitions }: PageState): Markup {
  const last = transitions.slice(-MOST_EVENTS).toReversed();
  if (last.length === 0) return NOTHING;
  const seen = new Set<string>();
  const items = last.map((transition) => {
    const { at } = transition;
    const moment = `at=${at}`;
    const isFirst = !seen.has(at);
    seen.add(at);
    const id = isFirst ? markup` id="${moment}"` : NOTHING;
    return markup`<li${id}><a href="#${moment}"><time datetime="${at}">${clockTime(at)}</time></a>
<span>${words(transition)}</span></li>`;
  });
  return markup`<h2>What changed</h2><ol class="transitions">${items}</ol>`;
}

/** A finding begins or is resolved; everything else goes from one value to another. */
function words(transition: Transition): Markup {
  const { kind, from, to, lastedMs, detail } = transition;
  if (kind === 'finding' && to === NO_FINDING) {
    return markup`<strong>${from}</strong> resolved${after(lastedMs)}`;
  }
  if (kind === 'finding') return markup`<strong>${to}</strong> found${detailed(detail)}`;
  return markup`<strong>${kind}</strong> ${from} <span aria-hidden="true">→</span><span class="unseen">to</span> <strong>${to}</strong>${after(lastedMs)}${detailed(detail)}`;
}

function after(lastedMs: number | null): string {
  return lastedMs === null ? '' : ` after ${duration(lastedMs)}`;
}

function detailed(detail: string): Markup {
  return detail === '' ? NOTHING : markup`<br>${detail}`;
}
