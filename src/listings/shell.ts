/** The commands of one pipeline, each as its words. */
export type Pipeline = readonly (readonly string[])[];

/** Longer command lines are not read to their end. */
const MAX_CHARS = 600;

/**
 * Splits what stands on a prompt's line as a shell would: words, quotes, pipes. It ends with the first command
 * that is not part of the pipeline, and forgives a quote that is not closed: it may have begun before.
 */
export function pipelineOf(line: string): Pipeline {
  // Word processors and blogs turn hyphens and quotes into others.
  const text = line
    .slice(0, MAX_CHARS)
    .replace(/[\u2013\u2014\u2212]/g, '-')
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/[\u2018\u2019]/g, "'");
  const commands: string[][] = [[]];
  let word: string | null = null;
  let quote = '';
  const endWord = (): void => {
    if (word !== null) commands.at(-1)?.push(word);
    word = null;
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char === '\\' && at + 1 < text.length) {
      at += 1;
      const next = text.charAt(at);
      // Of `\|` in a bare pattern the shell leaves the bar; most people mean it as an alternative.
      word = (word ?? '') + (/["']/.test(next) ? '' : next);
    } else if (char === '|') {
      endWord();
      commands.push([]);
    } else if (/[;`]/.test(char) || (char === '#' && word === null) || text.startsWith('&&', at)) {
      break;
    } else if (/\s/.test(char)) {
      endWord();
    } else if (char === '(' || char === ')') {
      endWord();
      commands.at(-1)?.push(char);
    } else {
      word = (word ?? '') + char;
    }
  }
  endWord();
  return commands.filter((words) => words.length > 0).map(withoutRedirections);
}

function withoutRedirections(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => /^\d?>/.test(word));
  return at === -1 ? words : words.slice(0, at);
}
