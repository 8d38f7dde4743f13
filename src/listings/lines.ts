import { stripVTControlCharacters } from 'node:util';

/** What follows in a longer line is not looked at. */
const MAX_LINE_CHARS = 65_536;

/** Signs that the text is the source of an HTML page, or was escaped for one. */
const HTML =
  /&nbsp;|&#(?:160|x3a|58|xa0);|&(?:gt|lt|amp|quot);|<br ?\/?>|<\/(?:pre|code|p|td|tr|div|span|li)>/i;

/** An address that a chat or a forum took for a link: `<http://10.0.0.1:2888|10.0.0.1:2888>`, `[10.0.0.1:2888](http://…)`. */
const CHAT_LINK = /<(?:https?|tcp):\/\/([\w.:*%[\]-]{1,255})\/?(?:\|[^<>|\s]{0,255})?>/g;
const MARKDOWN_LINK = /\[([\w.:*%-]{1,255})\]\((?:https?|tcp):\/\/[^()\s]{1,255}\)/g;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['nbsp', ' '],
  ['gt', '>'],
  ['lt', '<'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * The lines of a pasted text that are not blank, without colours, quote marks and table borders, and without
 * the marks of HTML and JSON. Blank lines and code fences come as `''`: rows are not joined across them.
 */
export function* linesOf(text: string): Generator<string> {
  const plain = HTML.test(text.slice(0, 1_000_000)) ? fromHtml(text) : text;
  let start = 0;
  while (start < plain.length) {
    const newline = plain.indexOf('\n', start);
    const end = newline === -1 ? plain.length : newline;
    const line = plain.slice(start, Math.min(end, start + MAX_LINE_CHARS));
    // Logs and JSON write a line's end as two characters.
    const parts = line.includes('\\n') ? line.split(/(?:\\r)?\\n/) : [line];
    for (const part of parts) yield withoutMarks(part);
    start = end + 1;
  }
}

function withoutMarks(line: string): string {
  const bare = stripVTControlCharacters(line)
    .replace(/\u200b|\u200c|\u200d|\u2060|\ufeff|\0|\r/g, '')
    .replace(/\\t/g, '\t')
    .replace(/\\([*_[\]])/g, '$1')
    .replace(/^(?:\s{0,8}>)+(?=\s)/, '');
  if (/^\s*(?:```|~~~)/.test(bare)) return '';
  const plain = bare.includes('://')
    ? bare.replace(CHAT_LINK, '$1').replace(MARKDOWN_LINK, '$1')
    : bare;
  const bordered = /^\s*[|│┃║].*[|│┃║]\s*$/.test(plain);
  return (bordered ? plain.replace(/[|│┃║]/g, ' ') : plain).trimEnd();
}

function fromHtml(text: string): string {
  return text
    .replace(/<(?:br|p|div|tr|li|pre)(?:\s[^<>]{0,500})?\/?>|<\/(?:p|div|tr|li|pre)>/gi, '\n')
    .replace(/<\/t[dh]>/gi, ' ')
    .replace(/<\/?[a-z][a-z\d]{0,15}(?:\s[^<>]{0,500})?\/?>/gi, '')
    .replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex, decimal, name) => {
      if (name !== undefined) return ENTITIES.get(String(name).toLowerCase()) ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10_ffff ? String.fromCodePoint(code) : whole;
    });
}
