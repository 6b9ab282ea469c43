-- Token directories: which of some hour files have rows of which token. `covers` are the paths of these files; rows of the
-- directory give their places in it, from 0.
CREATE TABLE token_file (
  version UBIGINT NOT NULL, path VARCHAR NOT NULL, row_count UBIGINT NOT NULL, sha256 VARCHAR NOT NULL,
  covers VARCHAR[] NOT NULL
);
