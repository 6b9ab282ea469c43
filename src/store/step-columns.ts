import type { DuckDBConnection } from '@duckdb/node-api';
import { type ColumnPolicy, columns } from '../core/columns.ts';
import { findTexts } from './column-texts.ts';
import type { ValueCounts } from './footers.ts';
import { rowGroupRows } from './hour-copy.ts';
import type { RepeatedColumn } from './parquet/repeated-columns.ts';
import { keptColumns } from './row-identity.ts';
import { literal } from './segment-writer.ts';

/**
 * Different texts of a column up to which it is written as an ENUM, however many rows there are, and for each value of a row group:
 * the whole dictionary goes into every one, and would be most of a small file.
 */
const entriesMax = 1_000;
const entriesPerValue = 1 / 16;

/** The same of a column that few rows have: sorted as an ENUM it costs next to nothing, though it is written as text. */
const sparseEntriesMax = 4_000;
const sparseShareMax = 1 / 4;

/** A smaller step is sorted sooner than its columns are looked through. */
const rowsMin = 2_000;

/** Texts up to which one is looked for from the start of a list, in no time where a file has them in a dictionary. */
const listedMax = 255;

/** Written as text to be skipped by: the least and the greatest text of a row group are those of a whole ENUM. */
const sortedBy = 'account';

/** How the columns of a step go through its sort. */
export interface StepColumns {
  /** SELECT list of what is sorted: columns that differ from row to row, those of few texts as ENUMs. */
  readonly sorted: string;
  /** SELECT list that makes of it the columns a file of the policy has, in their order, but for the repeated ones. */
  written(policy: ColumnPolicy): string;
  /** Columns of such a file that are the same in every row, to be added to what has been written. */
  repeated(policy: ColumnPolicy): RepeatedColumn[];
}

/**
 * Looks through the columns of some files, so that a sort moves few bytes: a column that is the same in every row is left
 * out, and one of few texts becomes an ENUM. Parquet holds plain columns all the same.
 *
 * @param files all whose rows are going to be written: a text that is in none cannot be. Absolute.
 * @param rows how many they have.
 * @param hours how many files these become.
 */
export async function stepColumns(
  connection: DuckDBConnection,
  files: readonly string[],
  { rows, hours, values }: { readonly rows: number; readonly hours: number; readonly values: ValueCounts },
): Promise<StepColumns> {
  const share = (name: string) => (values.get(name) ?? 0) / rows;
  const isSparse = (name: string) => share(name) <= sparseShareMax;
  const writtenMax = (name: string) =>
    Math.min(entriesMax, Math.max(1, Math.floor(Math.min(rowGroupRows, rows / hours) * share(name) * entriesPerValue)));
  const asText = new Set<string>([sortedBy]);
  const sorted = new Map(columns.map(({ name }) => [name as string, `"${name}"`]));
  const repeated = new Map<string, string | null>();
  if (rows >= rowsMin) {
    const named = columns
      .filter(({ name, type }) => values.has(name) && (type === 'dictionary' || (type === 'utf8' && isSparse(name))))
      .map(({ name }) => [name, isSparse(name) ? sparseEntriesMax : writtenMax(name)] as const);
    const found = await findTexts(connection, files, new Map(named));
    for (const { name } of columns) if (!values.has(name)) repeated.set(name, null);
    for (const [name, { entries, text }] of found) {
      if (entries === 1 && values.get(name) === rows) repeated.set(name, text);
      if (repeated.has(name) && name !== sortedBy) continue;
      const enumType = `"${name}_text"`;
      await connection.run(
        `CREATE TYPE ${enumType} AS ENUM (SELECT DISTINCT text FROM entry WHERE name = ${literal(name)} ORDER BY text)`,
      );
      // Of all ways to write one text many times, an ENUM is by far the fastest.
      if (entries > writtenMax(name)) asText.add(name);
      sorted.set(name, `${enumOf(name, enumType, !isSparse(name) && entries <= listedMax)} AS "${name}"`);
    }
    await connection.run('DROP TABLE entry');
  }
  const writtenOf = (name: string) => (asText.has(name) ? `"${name}"::VARCHAR AS "${name}"` : `"${name}"`);
  return {
    sorted: [...sorted].flatMap(([name, sql]) => (repeated.has(name) && name !== sortedBy ? [] : [sql])).join(', '),
    written: (policy) =>
      keptColumns(policy)
        .flatMap(({ name }) => (repeated.has(name) ? [] : [writtenOf(name)]))
        .join(', '),
    repeated: (policy) =>
      keptColumns(policy).flatMap((spec) => {
        const text = repeated.get(spec.name);
        return text === undefined ? [] : [{ spec, text }];
      }),
  };
}

/** SQL of a text as its ENUM: of texts in a dictionary, DuckDB calls a function once an entry, but casts once a row that has one. */
function enumOf(name: string, type: string, listed: boolean): string {
  const texts = `enum_range(NULL::${type})`;
  return listed ? `map_extract_value(map(${texts}, ${texts}::${type}[]), "${name}")` : `"${name}"::${type}`;
}
