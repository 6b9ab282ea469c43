import { type ColumnName, type ColumnSpec, type Conversion, columns } from '../../core/columns.ts';

/** A field of a log record that has columns: its conversion and the column that holds its plain value. */
export interface Field {
  readonly path: string;
  readonly conversion: Exclude<Conversion, 'derived'>;
  readonly column: ColumnName;
  readonly spec: ColumnSpec;
}

/** Fields by property name; an object that has fields of its own is a map again. */
export type FieldTree = ReadonlyMap<string, Field | FieldTree>;

/** True for the fields of a nested object. */
export function isFieldTree(node: Field | FieldTree): node is FieldTree {
  return node instanceof Map;
}

/** Names that real records or the documentation use for a field beside the one in the table of columns. */
const aliases: readonly (readonly [string, string])[] = [['properties.serverMd5', 'properties.responseMd5']];

function fieldsByPath(): ReadonlyMap<string, Field> {
  const fields = new Map<string, Field>();
  for (const spec of columns) {
    const { azure: path, conversion, name: column } = spec;
    if (conversion !== 'derived' && !fields.has(path)) fields.set(path, { path, conversion, column, spec });
  }
  for (const [alias, path] of aliases) {
    const field = fields.get(path);
    if (field !== undefined) fields.set(alias, { ...field, path: alias });
  }
  return fields;
}

function fieldTree(fields: ReadonlyMap<string, Field>): FieldTree {
  const root = new Map<string, Field | FieldTree>();
  for (const [path, field] of fields) {
    const names = path.split('.');
    let node = root;
    for (const name of names.slice(0, -1)) {
      const child = node.get(name);
      const next = child instanceof Map ? child : new Map<string, Field | FieldTree>();
      node.set(name, next);
      node = next;
    }
    node.set(names.at(-1) ?? path, field);
  }
  return root;
}

/** Every field that has a column, by its Azure path; of several columns of one field the first in the table. */
export const fields = fieldsByPath();

/** The same fields, nested as they are in a record. */
export const recordFields = fieldTree(fields);
