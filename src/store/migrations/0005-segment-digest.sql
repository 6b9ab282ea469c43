-- SHA-256 of a segment's files, hexadecimal; null for segments of before. Made anew and not altered, as `finding`.
CREATE OR REPLACE TABLE segment (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, rollup_path VARCHAR NOT NULL, sas_path VARCHAR,
  row_count UBIGINT NOT NULL, bytes UBIGINT NOT NULL, min_time TIMESTAMP NOT NULL, max_time TIMESTAMP NOT NULL,
  sha256 VARCHAR, rollup_sha256 VARCHAR, sas_sha256 VARCHAR
);
