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

/** Whether a line of a paste says that rows were left out in its place: `...`, `[snip]`, `(20 more lines omitted)`, `--More--`. */
export function saysOmitted(line: string): boolean {
  if (line.length > MAX_CHARS) return false;
  return DOTS.test(line) || SNIP.test(line) || WORDS.test(line);
}
