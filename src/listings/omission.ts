import type { Header } from './header.ts';
import { current, type Reading } from './reading.ts';

/** What stands alone in a line in place of others: dots, and the mark of a pager. */
const DOTS =
  /^[\s#*/<>[({-]{0,8}(?:\.[ .]{1,40}\.|…{1,20}|⋮|\.\.|--\s?more\s?--)[\s\])}>*/-]{0,8}$/i;
/** One word in brackets or alone. */
const SNIP =
  /^[\s#*/<[({.…-]{0,12}(?:snip(?:ped)?|cut|truncated|omitted|elided|gekürzt|省略)[\s\])}>*/.…-]{0,12}$/i;
/** A few words that speak of rows left out. */
const WORDS =
  /\b(?:omitted|truncated|snipped|elided|trimmed|removed|skipped|left out|cut off)\b.{0,60}\b(?:lines?|rows?|entries|connections?|sockets?|output|listing|brevity|rest)\b|\b(?:lines?|rows?|entries|connections?|sockets?|output|listing)\s.{0,30}\b(?:omitted|truncated|snipped|elided|trimmed|removed|skipped|left out|cut off)\b|^[\s#*/<[({.…-]{0,12}(?:and )?(?:\d{1,7}|many|several|some|lots of) more\b/i;

/** Longer lines are sentences about something else. */
const MAX_CHARS = 160;

/**
 * How a line of a paste says that rows were left out: by a mark in their place, `...`, `[snip]`, `--More--`, or in
 * words, `(20 more lines omitted)`; `null` where it does not.
 */
function omissionIn(line: string): 'mark' | 'words' | null {
  if (line.length > MAX_CHARS) return null;
  if (DOTS.test(line) || SNIP.test(line)) return 'mark';
  return WORDS.test(line) ? 'words' : null;
}

/**
 * A mark in or right below a listing stands for rows of it, and so does one above rows without a header; words
 * speak of the listing right above them, or of the command that they name. Elsewhere they are of another text.
 */
export function takeOmission(reading: Reading, line: string, header: Header): void {
  const section = current(reading);
  const omission = omissionIn(line);
  if (header.kind !== 'none') {
    reading.near = 'listing';
    reading.marked = false;
    return;
  }
  const named = section.command !== null && line.includes(section.command.text.slice(0, 20));
  if (omission === 'mark') {
    if (reading.near === 'other') reading.marked = true;
    else section.omits = true;
    return;
  }
  if (omission === 'words' && (reading.near === 'listing' || named)) section.omits = true;
  reading.near = named ? 'listing' : 'other';
}
