import { Problem, quote } from './problem.ts';

/** An address of the runbook, to which `#code` is added: http or https, without a user and without a fragment. */
export function parseRunbookUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Problem(
      `${quote(text)} is not a web address; write it as https://example.org/RUNBOOK.md`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new Problem(
      `${quote(text)} holds a user name or a password, which the page would show; remove it`,
    );
  }
  if (text.includes('#')) {
    throw new Problem(
      `${quote(text)} has a fragment; leave out the part from # on, the finding's code goes there`,
    );
  }
  return url.href;
}
