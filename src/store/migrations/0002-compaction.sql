-- Compacted files, one event hour each; `chain` continues that of the row before (docs/lake.md).
CREATE TABLE hour_file (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, rollup_path VARCHAR NOT NULL,
  row_count UBIGINT NOT NULL, bytes UBIGINT NOT NULL, min_time TIMESTAMP NOT NULL, max_time TIMESTAMP NOT NULL,
  hour TIMESTAMP NOT NULL, policy VARCHAR NOT NULL, column_count UINTEGER NOT NULL,
  sha256 VARCHAR NOT NULL, rollup_sha256 VARCHAR NOT NULL, chain VARCHAR NOT NULL
);
-- SAS parameter sets of segments that have been compacted.
CREATE TABLE sas_file (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, row_count UBIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
-- Files that no longer count: segments, hour files and SAS files by their path.
CREATE TABLE removed (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, reason VARCHAR NOT NULL, removed_at TIMESTAMP NOT NULL
);
-- What each swap did.
CREATE TABLE replacement (
  version UBIGINT NOT NULL, replaced_at TIMESTAMP NOT NULL, reason VARCHAR NOT NULL,
  files_removed UINTEGER NOT NULL, files_added UINTEGER NOT NULL,
  rows_removed UBIGINT NOT NULL, rows_added UBIGINT NOT NULL, duplicates UBIGINT NOT NULL,
  bytes_removed UBIGINT NOT NULL, bytes_added UBIGINT NOT NULL
);
