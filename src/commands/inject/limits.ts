import { CST, Lexer } from 'yaml';
import { Problem } from '../../config/problem.ts';

/** How much `inject` can hold in the memory that it has. */
export interface Limits {
  /** Of the whole input. */
  readonly characters: number;
  /** Of one document: each key, value, comment, indentation, punctuation mark and line break is a token. */
  readonly tokens: number;
}

export const NO_LIMITS: Limits = {
  characters: Number.POSITIVE_INFINITY,
  tokens: Number.POSITIVE_INFINITY,
};

/** Input, output and the texts between are alive at once. */
const BYTES_PER_CHARACTER = 16;
/** A list of many small objects, in JSON, needs 670 bytes of heap per token with all the copies of a change. */
const BYTES_PER_TOKEN = 1024;

/** What fits into a heap of this size, as V8 limits it. */
export function limitsOf(heapBytes: number): Limits {
  return {
    characters: Math.floor(heapBytes / BYTES_PER_CHARACTER),
    tokens: Math.floor(heapBytes / BYTES_PER_TOKEN),
  };
}

const REMEDY =
  'give it in parts, or run inject with more memory: node --max-old-space-size=1024 PATH/main.js inject';

/** Throws a Problem for what would end the process for want of memory; the tokens are counted without keeping them. */
export function refuseTooLarge(text: string, source: string, limits: Limits): void {
  if (text.length > limits.characters) {
    throw new Problem(
      `${source} has ${text.length} characters, and ${limits.characters} fit into the heap that Node.js may use here; ${REMEDY}`,
    );
  }
  let at = 0;
  let start = 0;
  let tokens = 0;
  let isContent = false;
  for (const token of new Lexer().lex(text)) {
    if (token === '---' && !isContent) [start, tokens] = [at, 0];
    // Marks are the lexer's own words, which are not in the text; behind one of them comes a scalar's text.
    at += MARKS.includes(token) ? 0 : token.length;
    isContent = token === CST.SCALAR;
    tokens += 1;
    if (tokens > limits.tokens) throw tooManyTokens(text, source, start, limits);
  }
}

const MARKS: readonly string[] = [CST.DOCUMENT, CST.FLOW_END, CST.SCALAR];

function tooManyTokens(text: string, source: string, start: number, { tokens }: Limits): Problem {
  const line = text.slice(0, start).split('\n').length;
  return new Problem(
    `${source}: the document at line ${line} has more than ${tokens} tokens of YAML or JSON, which do not fit into the heap that Node.js may use here; ${REMEDY}`,
  );
}
