-- SHA-256 of the bytes that were read, for replays; of one source, partition and first byte the newest row counts.
CREATE TABLE stretch_read (
  version UBIGINT NOT NULL, source VARCHAR NOT NULL, partition VARCHAR NOT NULL,
  first_byte BIGINT NOT NULL, next_byte BIGINT NOT NULL, sha256 VARCHAR NOT NULL
);
