import { stateOfWord } from './states.ts';

/** The beginning of a row whose rest a mailer put on the next line. */
export const PARTIAL =
  /(?<![A-Za-z_.-])(?:tcp(?:46|64|4|6)?|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING)\s+\d{1,20}\s+\d{1,20}(?:\s+[\w.:*%[\]-]{1,255}){0,2}$|\sIPv[46]\s.{0,80}\sTCP(?:\s+[\w.:*%[\]>-]{1,512})?$/;

/** What `ss` prints of a socket below its row with `-i`, `-m`, `-o`, `-e` and `-p`. */
export const DETAILS =
  /^\s*(?:timer:|skmem:|mem:|users:|uid:|ino:|sk:|cgroup:|ts\b|sack\b|ecn\b|cubic\b|bbr|reno\b|vegas\b|dctcp\b|wscale:|rto:|rtt:|mss:|cwnd:|bytes_|segs_|lastsnd:|fwmark:|tcp-ulp|v6only:)/;

/** Two ends of a connection in one line. */
const LIKE_A_ROW =
  /(?:^|\s)\S{1,255}[:.](?:\d{1,5}|\*)[\s,;|]{1,40}(?:->\s{0,4})?\S{1,255}[:.](?:\d{1,5}|\*)(?![\w/.])/;

/** The netid column that `ss` prints when it was asked for more than one family. */
export const OTHER_FAMILY =
  /(?<![\w.-])(?:udp|raw|p_raw|p_dgr|u_str|u_dgr|u_seq|nl|sctp|mptcp|dccp|tipc|v_\w{1,8}|xdp)\s+\S+\s+\d+\s+\d+\s/;

/** A row of a known tool by its other columns, whatever stands in place of its addresses: people black them out. */
const FORM =
  /(?<![\w.-])(?:tcp(?:46|64|4|6)?|LISTEN|ESTAB|SYN-SENT|SYN-RECV|CLOSE-WAIT)\s+\d{1,20}\s+\d{1,20}\s+\S{1,255}\s+\S|\sIPv[46]\s.{0,80}\sTCP\s+\S/;

/** Two ends and a state: a row of a tool that is not known, or of a known one in a form that is not. */
export function looksLikeRow(line: string): boolean {
  const text = line.slice(0, 512);
  if (OTHER_FAMILY.test(text)) return false;
  if (FORM.test(text)) return true;
  return (
    LIKE_A_ROW.test(text) && text.split(/[\s,;|()]+/).some((word) => stateOfWord(word) !== null)
  );
}
