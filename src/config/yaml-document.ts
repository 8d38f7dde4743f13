import { Lexer, LineCounter, parseDocument } from 'yaml';
import { Problem } from './problem.ts';

/** The document in a YAML file, mappings as Maps; throws a Problem that names the file. */
export function yamlDocument(file: string, text: string): unknown {
  refuseDeep(file, text);
  const lines = new LineCounter();
  // The parser's own messages show the place of each error, which takes seconds where all is wrong.
  const document = parseDocument(text, { prettyErrors: false, lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new Problem(`${file}: not valid YAML: ${error.message} at line ${line}, column ${col}`);
  }
  try {
    return document.toJS({ mapAsMap: true });
  } catch {
    throw new Problem(`${file}: has aliases that cannot be followed; write out the values`);
  }
}

/** No option and no profile has a fifth of it. The parser goes down by a call a level, and V8 ends the process where an expression is compiled at the end of the stack. */
const DEEPEST = 30;

/** Columns of indentation; each level needs one at least. */
const WIDEST = 200;

const OPENING = new Set(['[', '{']);
const CLOSING = new Set([']', '}']);
/** Each begins a level of its own in one line. */
const BLOCK = new Set(['-', '?', ':']);

function refuseDeep(file: string, text: string): void {
  let flow = 0;
  let block = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (OPENING.has(lexeme)) flow += 1;
    else if (CLOSING.has(lexeme)) flow -= 1;
    else if (lexeme === '\n' || lexeme === '\r\n') block = 0;
    else if (BLOCK.has(lexeme) && flow === 0) block += 1;
    const isWide = lexeme.length > WIDEST && /^ +$/.test(lexeme);
    if (flow + block > DEEPEST || isWide) {
      throw new Problem(
        `${file}: is nested more than ${DEEPEST} levels deep, or indented by more than ${WIDEST} columns; write it more simply`,
      );
    }
  }
}
