/** A mistake in what the user gave: one line that says where, what is wrong and what to do. */
export class Problem extends Error {}

const LONGEST_QUOTE = 80;

/** The user's own text for an error line: in quotes, cut when long, everything unprintable escaped. */
export function quote(text: string): string {
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return JSON.stringify(cut).replace(
    /[^\x20-\x7e…]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Why a file could not be read, in words where the system's code is a common one. */
export function whyUnreadable(code: string): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOTDIR':
      return 'a part of the path is not a folder';
    default:
      return code;
  }
}
