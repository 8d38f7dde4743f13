/** One change of what the agent says about its member, for the log, the events API and the page. */
export interface Transition {
  /** When the change was seen, ISO 8601. */
  readonly at: string;
  readonly kind: 'role' | 'ready' | 'verdict' | 'finding' | 'mesh' | 'stopping';
  readonly from: string;
  readonly to: string;
  /** How long `from` had held, in milliseconds; `null` where its beginning was not seen. */
  readonly lastedMs: number | null;
  readonly detail: string;
}
