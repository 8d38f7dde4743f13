import * as z from 'zod';
import { code, markdownTable } from './markdown-table.ts';

/** As much of JSON Schema as ours use. */
interface Node {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly format?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly const?: string | number | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly items?: Node | undefined;
  readonly anyOf?: readonly Node[] | undefined;
  readonly oneOf?: readonly Node[] | undefined;
  readonly propertyNames?: Node | undefined;
  readonly additionalProperties?: Node | boolean | undefined;
}

const node: z.ZodType<Node> = z.lazy(() =>
  z.object({
    type: z
      .union([z.string(), z.array(z.string()).transform((types) => types.join(' or '))])
      .optional(),
    description: z.string().optional(),
    format: z.string().optional(),
    enum: z.array(z.string()).optional(),
    const: z.union([z.string(), z.number()]).optional(),
    properties: z.record(z.string(), node).optional(),
    // `false` is the end of a tuple, whose members are described by the field itself.
    items: z.union([node, z.literal(false).transform(() => undefined)]).optional(),
    anyOf: z.array(node).optional(),
    oneOf: z.array(node).optional(),
    propertyNames: node.optional(),
    additionalProperties: z.union([z.boolean(), node]).optional(),
  }),
);

/** One field of what a schema describes: `ports[].listener.reach`. */
export interface Field {
  readonly path: string;
  readonly type: string;
  /** Empty where the schema has none. */
  readonly meaning: string;
  /** False where only what it holds tells something. */
  readonly isLeaf: boolean;
}

/** Every field that a JSON Schema describes, in its order. */
export function schemaFields(schema: unknown): Field[] {
  return fieldsBelow('', node.parse(schema));
}

/** The fields as a table; parts that the schema says nothing of are left to what they hold. */
export function schemaMarkdown(schema: unknown): string {
  return markdownTable(
    ['Field', 'Type', 'Meaning'],
    schemaFields(schema)
      .filter(({ isLeaf, meaning }) => isLeaf || meaning !== '')
      .map(({ path, type, meaning }) => [code(path), type, meaning]),
  );
}

function fieldsBelow(path: string, { properties = {} }: Node): Field[] {
  return Object.entries(properties).flatMap(([name, field]) =>
    fieldsOf(path === '' ? name : `${path}.${name}`, field),
  );
}

function fieldsOf(path: string, field: Node): Field[] {
  const { inner, orNull } = withoutNull(field);
  const meaning = field.description ?? inner.description ?? '';
  const type = (text: string): string => (orNull ? `${text} or null` : text);
  if (inner.items !== undefined && inner.items.properties !== undefined) {
    const own = { path: `${path}[]`, type: type('list'), meaning, isLeaf: false };
    return [own, ...fieldsBelow(`${path}[]`, inner.items)];
  }
  if (inner.properties !== undefined) {
    const own = { path, type: type('object'), meaning, isLeaf: false };
    return [own, ...fieldsBelow(path, inner)];
  }
  return [{ path, type: type(typeText(inner)), meaning, isLeaf: true }];
}

function withoutNull(field: Node): { readonly inner: Node; readonly orNull: boolean } {
  const [first, second] = field.anyOf ?? [];
  return first !== undefined && second?.type === 'null'
    ? { inner: first, orNull: true }
    : { inner: field, orNull: false };
}

function typeText({ type, format, items, propertyNames, additionalProperties, ...field }: Node) {
  if (field.oneOf !== undefined) return field.oneOf.map(shapeText).join(', ');
  if (field.enum !== undefined) return field.enum.map(code).join(', ');
  if (field.const !== undefined) return code(String(field.const));
  if (items !== undefined) return `list of ${items.type ?? 'any'}`;
  if (typeof additionalProperties === 'object') {
    const keys = propertyNames?.enum?.map(code).join(', ');
    return keys === undefined ? 'integer by name' : `integer or null for each of ${keys}`;
  }
  return format === 'date-time' ? 'time, ISO 8601' : (type ?? 'any');
}

/** One of several shapes, told by what its constant fields hold: `{kind: hub, port}`. */
function shapeText({ properties = {} }: Node): string {
  const fields = Object.entries(properties).map(([name, { const: value }]) =>
    value === undefined ? name : `${name}: ${value}`,
  );
  return code(`{${fields.join(', ')}}`);
}
