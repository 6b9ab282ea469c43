-- The catalog: append-only tables without keys or indexes; the newest row of a key wins and is kept in memory.
-- `version` is the manifest version the row became visible with.
CREATE TABLE migration (number INTEGER NOT NULL, name VARCHAR NOT NULL);

CREATE TABLE commit_log (
  version UBIGINT NOT NULL, committed_at TIMESTAMP NOT NULL,
  segments UINTEGER NOT NULL, row_count UBIGINT NOT NULL, bytes UBIGINT NOT NULL, deliveries UBIGINT NOT NULL,
  quarantine_path VARCHAR, quarantined UBIGINT NOT NULL
);
CREATE TABLE segment (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, rollup_path VARCHAR NOT NULL, sas_path VARCHAR,
  row_count UBIGINT NOT NULL, bytes UBIGINT NOT NULL, min_time TIMESTAMP NOT NULL, max_time TIMESTAMP NOT NULL
);
CREATE TABLE position (
  version UBIGINT NOT NULL, source VARCHAR NOT NULL, partition VARCHAR NOT NULL,
  from_offset BIGINT NOT NULL, to_offset BIGINT NOT NULL, token VARCHAR
);
CREATE TABLE source (
  source_id UBIGINT NOT NULL, source VARCHAR NOT NULL, partition VARCHAR NOT NULL, first_seen TIMESTAMP NOT NULL
);
CREATE TABLE hole (
  version UBIGINT NOT NULL, source VARCHAR NOT NULL, partition VARCHAR NOT NULL,
  from_offset BIGINT NOT NULL, to_offset BIGINT NOT NULL
);
-- Up to which version the rules have judged the lake for good.
CREATE TABLE judgement (version UBIGINT NOT NULL);
CREATE TABLE finding (
  version UBIGINT NOT NULL, id VARCHAR NOT NULL, rule VARCHAR NOT NULL, rule_version INTEGER NOT NULL,
  title VARCHAR NOT NULL, level VARCHAR NOT NULL, tags VARCHAR[] NOT NULL,
  entity_kind VARCHAR NOT NULL, entity VARCHAR NOT NULL, account VARCHAR NOT NULL,
  window_start TIMESTAMP NOT NULL, first_seen TIMESTAMP NOT NULL, last_seen TIMESTAMP NOT NULL,
  evidence VARCHAR NOT NULL, sql VARCHAR NOT NULL, response VARCHAR NOT NULL, open BOOLEAN NOT NULL
);
