import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { VARCHAR } from '../core/duckdb.ts';
import { appendRows } from './append-rows.ts';
import { grouped } from './compaction-plan.ts';
import { dictionaryTexts } from './parquet/dictionary-texts.ts';
import { literal } from './segment-writer.ts';

/** Where the file of a segment has the dictionary of a column. */
interface DictionaryPlace {
  readonly file: string;
  readonly name: string;
  readonly compressed: boolean;
  /** Of the column in the file. */
  readonly values: number;
  /** Null: the column has values, but not in a dictionary. */
  readonly start: number | null;
  /** Where the first page of values begins. */
  readonly end: number;
}

/** Texts of a column. */
export interface FoundTexts {
  /** How many different ones there are. */
  readonly entries: number;
  /** One of them. */
  readonly text: string;
}

/** Texts by column; of those that have too many, none any more. */
class ColumnTexts {
  readonly #most: ReadonlyMap<string, number>;
  readonly byColumn: Map<string, Set<string>>;

  constructor(most: ReadonlyMap<string, number>) {
    this.#most = most;
    this.byColumn = new Map([...most.keys()].map((name) => [name, new Set()]));
  }

  /** How many texts a column may have. */
  most(name: string): number {
    return this.#most.get(name) ?? 0;
  }

  /** True if the file has to be looked through row by row, which is soon done: it has no dictionary, but few values. */
  isListless({ name, start, values }: DictionaryPlace): boolean {
    return start === null && values <= this.most(name);
  }

  /** @param texts null: more than it cares for. */
  add(name: string, texts: readonly string[] | null): void {
    const known = this.byColumn.get(name);
    for (const text of texts ?? []) known?.add(text);
    if (texts === null || (known?.size ?? 0) > this.most(name)) this.byColumn.delete(name);
  }
}

/**
 * Makes the temporary table `entry` of `name` and `text`, some of them twice: the texts that some files have in some columns.
 *
 * Segments have them in their dictionaries, which are read as they are and may have a few that no row has; files that DuckDB
 * wrote, and segments whose values are too few for a dictionary, are looked through row by row.
 *
 * @param files absolute paths.
 * @param most texts each of some columns may have; one with more is given up: the table has not all of its texts.
 * @returns what texts each of the other columns has that have any.
 */
export async function findTexts(
  connection: DuckDBConnection,
  files: readonly string[],
  most: ReadonlyMap<string, number>,
): Promise<Map<string, FoundTexts>> {
  const texts = new ColumnTexts(most);
  const encoded = await encodedFiles(connection, files);
  const places = await dictionaryPlaces(connection, encoded, [...most.keys()]);
  const listed = places.filter((place) => !texts.isListless(place));
  for (const [file, ofFile] of grouped(listed, (place) => place.file)) await addDictionaries(texts, file, ofFile);
  await connection.run('CREATE OR REPLACE TEMP TABLE entry (name VARCHAR, text VARCHAR)');
  const rows = [...texts.byColumn].flatMap(([name, of]) => [...of].map((text) => [name, text]));
  await appendRows(connection, 'entry', [VARCHAR, VARCHAR], rows);
  const isEncoded = new Set(encoded);
  const others = files.filter((file) => !isEncoded.has(file));
  for (const name of texts.byColumn.keys()) {
    const listless = places.filter((place) => place.name === name && texts.isListless(place));
    const looked = [...others, ...listless.map(({ file }) => file)];
    if (looked.length === 0) continue;
    await connection.run(
      `INSERT INTO entry SELECT DISTINCT ${literal(name)}, "${name}"
        FROM read_parquet(${listOf(looked)}, union_by_name = true, hive_partitioning = false)
        WHERE "${name}" IS NOT NULL LIMIT ${texts.most(name) + 1}`,
    );
  }
  const reader = await connection.runAndReadAll(
    'SELECT name, count(DISTINCT text), any_value(text) FROM entry GROUP BY name',
  );
  const found = reader
    .getRows()
    .map(([name, entries, text]) => [String(name), { entries: Number(entries), text: String(text) }] as const);
  return new Map(found.filter(([name, { entries }]) => entries <= texts.most(name)));
}

function listOf(files: readonly string[]): string {
  return `[${files.map(literal).join(', ')}]`;
}

/** Those of some files that a lane has encoded by itself. */
async function encodedFiles(connection: DuckDBConnection, files: readonly string[]): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    `SELECT file_name FROM parquet_file_metadata(${listOf(files)}) WHERE created_by = 'saswatch'`,
  );
  return reader.getRows().map(([file]) => String(file));
}

async function dictionaryPlaces(
  connection: DuckDBConnection,
  files: readonly string[],
  names: readonly string[],
): Promise<DictionaryPlace[]> {
  if (files.length === 0) return [];
  const reader = await connection.runAndReadAll(
    `SELECT file_name, path_in_schema, compression = 'BROTLI', num_values - stats_null_count, dictionary_page_offset, data_page_offset
      FROM parquet_metadata(${listOf(files)})
      WHERE num_values > stats_null_count AND path_in_schema IN (${names.map(literal).join(', ')})`,
  );
  return reader.getRows().map(([file, name, compressed, values, start, end]) => ({
    file: String(file),
    name: String(name),
    compressed: compressed === true,
    values: Number(values),
    start: start === null ? null : Number(start),
    end: Number(end),
  }));
}

async function addDictionaries(texts: ColumnTexts, file: string, places: readonly DictionaryPlace[]): Promise<void> {
  const handle = await open(file);
  try {
    for (const { name, compressed, start, end } of places) {
      if (!texts.byColumn.has(name)) continue;
      const page = Buffer.allocUnsafe(start === null ? 0 : end - start);
      // From the page cache, which is sooner done than another thread told of it.
      readSync(handle.fd, page, 0, page.length, start);
      texts.add(name, start === null ? null : dictionaryTexts(page, compressed, texts.most(name)));
    }
  } finally {
    await handle.close();
  }
}
