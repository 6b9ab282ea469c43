import type { DuckDBConnection } from '@duckdb/node-api';
import { z } from 'zod';
import {
  BOOLEAN,
  DuckDBTimestampValue,
  INTEGER,
  LIST,
  listValue,
  TIMESTAMP,
  UBIGINT,
  VARCHAR,
} from '../core/duckdb.ts';
import { type Finding, levels } from '../core/finding.ts';
import { appendRows } from './append-rows.ts';

/** Columns of the view and file `findings`, in order; the catalog's table begins with the version. */
export const findingColumns = [
  ['id', 'VARCHAR'],
  ['rule', 'VARCHAR'],
  ['rule_version', 'INTEGER'],
  ['title', 'VARCHAR'],
  ['level', 'VARCHAR'],
  ['tags', 'VARCHAR[]'],
  ['entity_kind', 'VARCHAR'],
  ['entity', 'VARCHAR'],
  ['account', 'VARCHAR'],
  ['family', 'VARCHAR'],
  ['window_start', 'TIMESTAMP'],
  ['first_seen', 'TIMESTAMP'],
  ['last_seen', 'TIMESTAMP'],
  ['evidence', 'VARCHAR'],
  ['sql', 'VARCHAR'],
  ['response', 'VARCHAR'],
  ['open', 'BOOLEAN'],
  ['suppression', 'VARCHAR'],
] as const;

const names = findingColumns.map(([name]) => name).join(', ');
const times = ['window_start', 'first_seen', 'last_seen'] as const;

/** JSON of evidence: whole numbers beyond 2^53 as text, dates as ISO 8601. */
export function evidenceJson(evidence: Finding['evidence']): string {
  return JSON.stringify(evidence, (_, value: unknown) => {
    if (typeof value !== 'bigint') return value;
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  });
}

const types = { VARCHAR, INTEGER, 'VARCHAR[]': LIST(VARCHAR), TIMESTAMP, BOOLEAN } as const;

/** Appends one revision of each; a later one of the same id wins. */
export async function insertFindings(
  connection: DuckDBConnection,
  version: number,
  findings: readonly Finding[],
): Promise<void> {
  await appendRows(
    connection,
    'finding',
    [UBIGINT, ...findingColumns.map(([, type]) => types[type])],
    findings.map((finding) => [
      BigInt(version),
      finding.id,
      finding.rule,
      finding.ruleVersion,
      finding.title,
      finding.level,
      listValue([...finding.tags]),
      finding.entityKind,
      finding.entity,
      finding.account,
      finding.family,
      new DuckDBTimestampValue(finding.windowStart),
      new DuckDBTimestampValue(finding.firstSeen),
      new DuckDBTimestampValue(finding.lastSeen),
      evidenceJson(finding.evidence),
      finding.sql,
      finding.response,
      finding.open,
      finding.suppression,
    ]),
  );
}

const rowSchema = z
  .object({
    id: z.string(),
    rule: z.string(),
    rule_version: z.number(),
    title: z.string(),
    level: z.enum(levels),
    tags: z.array(z.string()),
    entity_kind: z.string(),
    entity: z.string(),
    account: z.string(),
    family: z.string().nullable(),
    window_start: z.string().transform(BigInt),
    first_seen: z.string().transform(BigInt),
    last_seen: z.string().transform(BigInt),
    evidence: z.string(),
    sql: z.string(),
    response: z.string(),
    open: z.boolean(),
    suppression: z.string().nullable(),
  })
  .transform(
    ({ rule_version, entity_kind, window_start, first_seen, last_seen, evidence, ...rest }): Finding => ({
      ...rest,
      ruleVersion: rule_version,
      entityKind: entity_kind,
      windowStart: window_start,
      firstSeen: first_seen,
      lastSeen: last_seen,
      evidence: z.record(z.string(), z.unknown()).parse(JSON.parse(evidence)),
    }),
  );

/** The newest revision of every finding, in the order they were first found. */
const newest = `SELECT ${names} FROM (
    SELECT *, rowid AS place, max(rowid) OVER (PARTITION BY id) AS last, min(rowid) OVER (PARTITION BY id) AS first
    FROM finding)
  WHERE place = last ORDER BY first`;

async function readRows(connection: DuckDBConnection, relation: string): Promise<Finding[]> {
  const micros = times.map((name) => `epoch_us(${name})::VARCHAR AS ${name}`).join(', ');
  const reader = await connection.runAndReadAll(`SELECT * REPLACE (${micros}) FROM ${relation}`);
  return z.array(rowSchema).parse(reader.getRowObjectsJson());
}

/** The findings of a catalog's table. */
export function readFindings(connection: DuckDBConnection): Promise<Finding[]> {
  return readRows(connection, `(${newest})`);
}

/** The findings of a snapshot, of its view `findings`. */
export function readSnapshotFindings(connection: DuckDBConnection): Promise<Finding[]> {
  return readRows(connection, 'findings');
}

/** Writes the newest revisions as one Parquet file. */
export async function exportFindings(connection: DuckDBConnection, path: string): Promise<void> {
  await connection.run(`COPY (${newest}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION zstd)`);
}
