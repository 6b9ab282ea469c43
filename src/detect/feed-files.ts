import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isAddressRange } from '../core/address-range.ts';
import type { Config } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import { textLiteral } from './parameter.ts';

type FeedConfig = Config['detect']['feeds'][number];

/** One address range of a list, and the stretch it was true for. */
export interface FeedRow {
  readonly list: FeedConfig['list'];
  readonly network: string;
  readonly label: string | null;
  readonly country: string | null;
  readonly asn: number | null;
  /** `YYYY-MM-DD`, UTC; null for always. */
  readonly validFrom: string | null;
  readonly validUntil: string | null;
}

const datePattern = /\d{4}-\d{2}-\d{2}/;
const rowsInserted = 1_000;

function unreadable(path: string, problem: string, cause?: unknown): AppError {
  return new AppError(
    'CONFIG_INVALID',
    `detect.feeds: ${path} ${problem}. Each line is an address or range, and behind commas a label, a country and the number of an AS; # begins a comment.`,
    { cause },
  );
}

function parseLine(
  path: string,
  line: string,
  number: number,
): Omit<FeedRow, 'list' | 'validFrom' | 'validUntil'> | null {
  const [network = '', label = '', country = '', asn = ''] = line
    .replace(/#.*/, '')
    .split(',')
    .map((cell) => cell.trim());
  if (network === '' || network === 'network') return null;
  if (!isAddressRange(network)) throw unreadable(`${path}:${number}`, 'does not begin with an address or range');
  if (asn !== '' && !/^\d+$/.test(asn))
    throw unreadable(`${path}:${number}`, `has ${JSON.stringify(asn)} for the number of an AS`);
  return { network, label: label || null, country: country || null, asn: asn === '' ? null : Number(asn) };
}

/** The files of a feed with the dates in their names, oldest first; a lone file without a date is true at any time. */
async function filesOf({ path }: FeedConfig): Promise<{ path: string; date: string | null }[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [{ path, date: datePattern.exec(basename(path))?.[0] ?? null }];
    const dated = (await readdir(path)).flatMap((name) => {
      const date = datePattern.exec(name)?.[0];
      return date === undefined ? [] : [{ path: join(path, name), date }];
    });
    if (dated.length === 0) throw unreadable(path, 'holds no file with a date as 2026-01-31 in its name');
    return dated.sort((a, b) => (a.date < b.date ? -1 : 1));
  } catch (cause) {
    throw cause instanceof AppError ? cause : unreadable(path, 'cannot be read', cause);
  }
}

/**
 * Reads the lists of the configuration. A file of a folder is true from the date in its name until the next one's, so that
 * a replay sees the list of that day.
 *
 * @throws AppError CONFIG_INVALID for a path that cannot be read or a line that is no range.
 */
export async function readFeeds(feeds: readonly FeedConfig[]): Promise<FeedRow[]> {
  const rows: FeedRow[] = [];
  for (const feed of feeds) {
    const files = await filesOf(feed);
    for (const [index, { path, date }] of files.entries()) {
      const validity = { validFrom: date, validUntil: files[index + 1]?.date ?? null };
      for (const [at, line] of (await readFile(path, 'utf8')).split('\n').entries()) {
        const parsed = parseLine(path, line, at + 1);
        if (parsed !== null) rows.push({ list: feed.list, ...parsed, ...validity });
      }
    }
  }
  return rows;
}

/** Puts lists into the view `feed` of a connection that has the macros of the store. */
export async function showFeeds(connection: DuckDBConnection, rows: readonly FeedRow[]): Promise<void> {
  if (rows.length === 0) return;
  const text = (value: string | null): string => (value === null ? 'NULL' : textLiteral(value));
  await connection.run('CREATE TABLE saved_feed AS FROM feed');
  for (let start = 0; start < rows.length; start += rowsInserted) {
    const values = rows
      .slice(start, start + rowsInserted)
      .map(
        ({ list, network, label, country, asn, validFrom, validUntil }) =>
          `(${text(list)}, ${text(network)}, ${text(label)}, ${text(country)}, ${asn ?? 'NULL'}, ${text(validFrom)}, ${text(validUntil)})`,
      );
    await connection.run(
      `INSERT INTO saved_feed (list, network, label, country, asn, valid_from, valid_until) VALUES ${values.join(', ')}`,
    );
  }
  await connection.run(
    'UPDATE saved_feed SET address_first = address_first_of(network), address_last = address_last_of(network)',
  );
  await connection.run('CREATE OR REPLACE VIEW feed AS FROM saved_feed');
}
