import { Document, isMap, isScalar, isSeq, type Pair, visit } from 'yaml';
import { type Json, NO_TOKEN_COMMENT, VOLUME_NAME } from './sidecar.ts';

/** A value as lines of block YAML without indentation, the empty mount with the comment that explains it. */
export function blockYaml(value: Json): readonly string[] {
  const document = new Document(value);
  visit(document, { Pair: (_, pair) => explain(pair) });
  return document.toString({ lineWidth: 0 }).trimEnd().split('\n');
}

function explain({ key, value }: Pair): void {
  if (!isScalar(key) || key.value !== 'volumeMounts' || !isSeq(value)) return;
  for (const mount of value.items) {
    if (isMap(mount) && mount.get('name') === VOLUME_NAME) {
      mount.commentBefore = NO_TOKEN_COMMENT.map((line) => ` ${line}`).join('\n');
    }
  }
}
