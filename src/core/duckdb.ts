import { createRequire } from 'node:module';
import type * as Api from '@duckdb/node-api';

const require = createRequire(import.meta.url);
const api = require('@duckdb/node-api') as typeof Api;

/** The bindings below the API. */
export const duckdb = require('@duckdb/node-bindings') as typeof import('@duckdb/node-bindings');

/**
 * What we use of DuckDB's API, by `require`: an `import` reads through all of its CommonJS files for the names they
 * export, in every thread anew, and that costs as much CPU as opening a database. Types are imported as usual.
 */
export const {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBTableFunction,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
  DuckDBUUIDValue,
  INTEGER,
  JsonDuckDBValueConverter,
  LIST,
  listValue,
  TIMESTAMP,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  UUID,
  VARCHAR,
} = api;
export const duckdbVersion = api.version;
export type DuckDBInstance = Api.DuckDBInstance;
export type DuckDBTypeId = Api.DuckDBTypeId;
export type DuckDBUUIDValue = Api.DuckDBUUIDValue;
