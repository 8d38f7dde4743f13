import type { AskedEvidence } from '../model/asked.ts';
import type { Certificate } from '../model/certificate.ts';
import type { Names } from '../model/names.ts';
import type { InterfaceReport, Report } from '../model/report.ts';
import type { Ensemble } from '../model/settings.ts';
import type { Address } from '../model/socket.ts';

/** What judging needs besides the pod's socket table and counters, at one moment. */
export interface Surroundings {
  /** The members as configured now; a file of them may change. */
  readonly ensemble: Ensemble;
  readonly names: Names;
  /** The pod's own addresses, or `null` to read them from the table. */
  readonly podAddresses: readonly Address[] | null;
  readonly interfaces: readonly InterfaceReport[];
  readonly asked: AskedEvidence;
  /** The server's certificate that expires first; `null` where none is known. */
  readonly certificate: Certificate | null;
}

/** What a scan showed that decides whom to ask, and what to look up, next. */
export interface Seen {
  /** The report that is published after the scan. */
  readonly report: Report;
  /** Whether a link with a peer ends, as far as is seen, at the local proxy. */
  readonly unattributed: boolean;
  /** Addresses on peer ports that no member is known by. */
  readonly strangers: readonly Address[];
}

/** The surroundings as the agent uses them: it reads them, and hands back what it saw. */
export interface SurroundingsWatch {
  now(): Surroundings;
  /** Grows when the asked evidence says something new: a reason to judge again. Costs nothing. */
  revision(): number;
  saw(seen: Seen): void;
}
