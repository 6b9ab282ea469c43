-- The family of a finding's token, and the suppression that keeps it quiet. The table is made anew and not altered: DuckDB's
-- log of that does not always replay, and it is empty when migrations run.
CREATE OR REPLACE TABLE finding (
  version UBIGINT NOT NULL, id VARCHAR NOT NULL, rule VARCHAR NOT NULL, rule_version INTEGER NOT NULL,
  title VARCHAR NOT NULL, level VARCHAR NOT NULL, tags VARCHAR[] NOT NULL,
  entity_kind VARCHAR NOT NULL, entity VARCHAR NOT NULL, account VARCHAR NOT NULL, family VARCHAR,
  window_start TIMESTAMP NOT NULL, first_seen TIMESTAMP NOT NULL, last_seen TIMESTAMP NOT NULL,
  evidence VARCHAR NOT NULL, sql VARCHAR NOT NULL, response VARCHAR NOT NULL, open BOOLEAN NOT NULL, suppression VARCHAR
);
