import { parseDocument } from 'yaml';
import { Problem } from './problem.ts';

/** The document in a YAML file, mappings as Maps; throws a Problem that names the file. */
export function yamlDocument(file: string, text: string): unknown {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) {
    // The message goes on with an excerpt of the file, over several lines.
    const [line = ''] = error.message.split('\n');
    throw new Problem(`${file}: is no valid YAML: ${line.replace(/:$/, '')}`);
  }
  try {
    return document.toJS({ mapAsMap: true });
  } catch {
    throw new Problem(`${file}: has aliases that cannot be followed; write the values out`);
  }
}
