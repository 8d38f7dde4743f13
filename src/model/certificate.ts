/** A certificate of the server's, by what a file of them says. Times are ISO 8601. */
export interface Certificate {
  /** Whom it was made out to, in one line, such as `CN=zk-0`. */
  readonly subject: string;
  readonly notBefore: string;
  readonly notAfter: string;
}
