import type { DuckDBConnection } from '@duckdb/node-api';
import { AppError } from '../core/errors.ts';

/** Longest SQL text accepted. */
const sqlLengthMax = 256 << 10;

const tableFunctions: ReadonlySet<string> = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
  'rows_of_token',
]);

/** Functions that tell of the process, its settings or its files, or write to its log. */
const refusedFunctions =
  /^(getenv|current_setting|current_query|write_log|parse_duckdb_log_message|set_config|pg_.*|duckdb_.*|pragma_.*|read_.*|query|query_table)$/;

const explainForm = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*explain\s+(analyze\s+)?/i;

function rejected(message: string, cause?: unknown): AppError {
  return new AppError('QUERY_REJECTED', message, { cause });
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every object in a tree. A stack of our own: an attacker chooses the depth. */
function* nodesOf(tree: unknown): Generator<Node> {
  const waiting = [tree];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) for (const child of value) waiting.push(child);
    else if (isNode(value)) {
      yield value;
      for (const child of Object.values(value)) if (typeof child === 'object' && child !== null) waiting.push(child);
    }
  }
}

function textOf(node: Node, key: string): string {
  const value = node[key];
  return typeof value === 'string' ? value.toLowerCase() : '';
}

/** The syntax tree of one SELECT, as DuckDB's own parser sees it. */
async function parseSelect(connection: DuckDBConnection, sql: string): Promise<unknown> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($sql::VARCHAR)', { sql });
  const tree: unknown = JSON.parse(String(reader.getRows()[0]?.[0]));
  if (!isNode(tree) || tree['error'] === true) {
    const { error_type: type, error_message: message } = isNode(tree) ? tree : {};
    throw type === 'parser'
      ? rejected(`the SQL does not parse: ${message}`)
      : rejected('only SELECT (also DESCRIBE, SUMMARIZE, SHOW TABLES and EXPLAIN of a SELECT) can be run here');
  }
  const { statements } = tree;
  if (!Array.isArray(statements) || statements.length !== 1) {
    throw rejected(
      `exactly one statement can be run at a time; this is ${Array.isArray(statements) ? statements.length : 0}`,
    );
  }
  return statements[0];
}

function checkTable(node: Node, known: ReadonlySet<string>, views: readonly string[]): void {
  const name = textOf(node, 'table_name');
  const schema = textOf(node, 'schema_name');
  const catalog = textOf(node, 'catalog_name');
  const inInformationSchema = schema === 'information_schema' && (name === 'columns' || name === 'tables');
  if (inInformationSchema && catalog === '') return;
  if (known.has(name) && (schema === '' || schema === 'main') && (catalog === '' || catalog === 'memory')) return;
  const written = [node['catalog_name'], node['schema_name'], node['table_name']]
    .filter((part) => part !== '')
    .join('.');
  throw rejected(`there is no table "${written}"; there are ${views.join(', ')}`);
}

/**
 * Accepts a text only if it is one statement that reads the given views and nothing else.
 *
 * DuckDB's own statement types do not tell: `PRAGMA database_list` passes for a SELECT. So the parsed tree is walked:
 * every table must be a view of ours or a name the query itself defines, every table function on the list above, and no
 * function may tell of the process. What this overlooks, the locked connection still refuses.
 *
 * @throws AppError QUERY_REJECTED.
 */
export async function checkQuery(connection: DuckDBConnection, sql: string, views: readonly string[]): Promise<void> {
  if (sql.length > sqlLengthMax) throw rejected(`the SQL is longer than ${sqlLengthMax} characters`);
  // Only a plan that was run names the files it read.
  if (explainForm.exec(sql)?.[1] !== undefined) throw rejected('EXPLAIN ANALYZE cannot be run here; EXPLAIN can');
  const statement = await parseSelect(connection, sql.replace(explainForm, ''));
  const internal = await internalNames(connection);
  const known = new Set(views.map((view) => view.toLowerCase()));
  for (const node of nodesOf(statement)) {
    const map = isNode(node['cte_map']) ? node['cte_map']['map'] : [];
    for (const entry of Array.isArray(map) ? map : []) {
      const name = isNode(entry) ? textOf(entry, 'key') : '';
      if (internal.has(name)) throw rejected(`"${name}" is a name of DuckDB's own; call the WITH query something else`);
      known.add(name);
    }
  }
  for (const node of nodesOf(statement)) {
    switch (node['type']) {
      case 'BASE_TABLE':
        checkTable(node, known, views);
        break;
      case 'SHOW_REF':
        if (node['query'] === null && textOf(node, 'table_name') !== '"tables"') {
          throw rejected('of SHOW, only SHOW TABLES and SHOW <view> can be run here');
        }
        break;
      case 'TABLE_FUNCTION': {
        const name = isNode(node['function']) ? textOf(node['function'], 'function_name') : '';
        if (!tableFunctions.has(name)) throw rejected(`the table function ${name}() cannot be used here`);
        break;
      }
      case 'FUNCTION': {
        const name = textOf(node, 'function_name');
        if (refusedFunctions.test(name)) throw rejected(`the function ${name}() cannot be used here`);
        break;
      }
    }
  }
}

/** Names of DuckDB's own views, which a query could otherwise reach under the cover of a WITH of that name. */
async function internalNames(connection: DuckDBConnection): Promise<ReadonlySet<string>> {
  const reader = await connection.runAndReadAll('SELECT lower(view_name) FROM duckdb_views() WHERE internal');
  return new Set(reader.getRows().map(([name]) => String(name)));
}
