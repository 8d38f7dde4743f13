/**
 * What is known from the settings before the first look, so that every answer names all of it from
 * the first request on, whatever the report of the moment holds.
 */
export interface Watched {
  readonly ports: readonly { readonly port: number; readonly role: string }[];
  /** The checks the profile has, such as `client-port` and `quorum-link`, in the order to show. */
  readonly checks: readonly string[];
  /** The other members as configured by name or address; empty where only a number is known. */
  readonly peers: readonly string[];
}
