import type { EnsembleMember } from '../../model/ensemble.ts';

/** What a drawing of the ensemble has room for; lengths in its own units. */
export interface GraphSize {
  readonly width: number;
  readonly box: { readonly width: number; readonly height: number };
  /** Letters of a name that fit into a box in the widest of the usual fonts. */
  readonly letters: number;
}

export interface PlacedMember {
  readonly member: EnsembleMember;
  /** The middle of its box. */
  readonly x: number;
  readonly y: number;
}

export interface GraphLayout {
  readonly height: number;
  readonly members: readonly PlacedMember[];
}

/** Above the uppermost box, for the words that mark this member. */
const TOP = 20;
const MARGIN = 6;

/** The members around an ellipse, the first of them on top. */
export function layOut(members: readonly EnsembleMember[], { width, box }: GraphSize): GraphLayout {
  const step = (2 * Math.PI) / Math.max(1, members.length);
  const rx = (width - box.width) / 2 - 2;
  const ry =
    members.length === 1 ? 0 : Math.max(70 + 10 * members.length, verticalRadius(step, rx, box));
  const spots = members.map((member, at) => ({
    member,
    x: Math.round(width / 2 + rx * Math.sin(at * step)),
    y: -ry * Math.cos(at * step),
  }));
  const highest = Math.min(0, ...spots.map(({ y }) => y));
  const lowest = Math.max(...spots.map(({ y }) => y));
  const shift = TOP + box.height / 2 - highest;
  return {
    height: Math.round(lowest + shift + box.height / 2 + MARGIN),
    members: spots.map((spot) => ({ ...spot, y: Math.round(spot.y + shift) })),
  };
}

/** So high that the boxes beside the first one do not touch it, and that those at the sides keep apart. */
function verticalRadius(step: number, rx: number, box: GraphSize['box']): number {
  const apart = box.height + 22;
  const beside = rx * Math.sin(step) >= box.width + 8 ? 0 : apart / (1 - Math.cos(step));
  return Math.max(beside, apart / (2 * Math.sin(step / 2)));
}
