/** Every limit of the pipeline in one place, with its unit in its name and its reason beside it. */
export const limits = {
  /** One Parquet row group of DuckDB; segments smaller than this compress worse and cost more to write. */
  segmentRowsMax: 122_880,
  /** How long a row may wait in a lane before its segment is written, so that quiet accounts are seen soon. */
  flushIntervalMs: 5_000,
  /**
   * The same, and the time between two snapshots for readers, where a run ends by itself and nobody watches: logs of few
   * lines fill a segment all the same. So much has to be read again after a crash.
   */
  unwatchedIntervalMs: 30_000,
  /** Free space kept on the data folder's disk: a full batch of many lanes and a step of compaction fit in it. */
  freeSpaceMinBytes: 512 << 20,
  /** Longest single log record accepted; real records are 0.9 to 2.2 kB. */
  recordBytesMax: 1 << 20,
  /** Longest `{"records":[…]}` body; the largest an Event Hubs dedicated cluster delivers. */
  bodyBytesMax: 20 << 20,
  /** Deepest JSON nesting accepted in a record. */
  nestingMax: 60,
  /** Distinct values of a dictionary column in one batch: codes are 16 bits. */
  dictionaryEntriesMax: 65_535,
  /** Bytes of the distinct values of one dictionary column in one batch. */
  dictionaryBytesMax: 16 << 20,
  /** Bytes of one text column in one batch; Arrow offsets are 31 bits. */
  columnBytesMax: 256 << 20,
  /** Entries of a decoder's caches (SAS by query, token by hash text); a full cache is emptied. */
  cacheEntriesMax: 1 << 16,
  /** Deliveries a source may read ahead of the lane. */
  deliveriesInFlightMax: 8,
  /** Bytes of one file read by a lane at a time. */
  readBytes: 4 << 20,
  /** How long a pipe may be silent before what came through it is taken, though it does not fill the buffer. */
  pipeSilenceMs: 500,
  /** One range of a plain file; ranges of a large file are shared among lanes. */
  fileRangeBytes: 256 << 20,
  /** Decompressed bytes per compressed byte above which a gzip file is refused as a bomb. */
  gzipRatioMax: 1_000,
  /** Bytes of one quarantined record kept on disk. */
  quarantineRecordBytesMax: 64 << 10,
  /** Text of quarantined records a lane holds before it commits. */
  quarantineBatchBytesMax: 16 << 20,
  /** Lane-private DuckDB memory: a full batch of wide rows and its sorted copy pass 256 MB. */
  laneMemory: '1GB',
  /** Rows of segments one compaction step takes: its sort fits the memory below without much spilling. */
  compactionRowsMax: 2_000_000,
  /** Segments one compaction step takes, however small: it has the footers of all of them in memory. */
  compactionSegmentsMax: 1_000,
  /** Rows up to which files of one event hour are merged into one. */
  hourFileRowsMax: 4_000_000,
  /** DuckDB memory of the compaction process; a larger sort spills to the data folder. */
  compactionMemory: '600MB',
  /** DuckDB memory of the rules of a run; what they keep of tokens by day beyond it spills to the data folder. */
  detectionMemory: '4GB',
  /** Rows of suspicious tokens that are read for all rules at once and kept, at some 250 bytes; of more, each rule reads its own. */
  suspectRows: 1_000_000n,
  /** Rows that a rule keeps of what it made of the log by token and day, at some 100 bytes; of more, it keeps none. */
  keptDayRows: 1_000_000n,
  /** How long a file that was replaced is kept for readers of older snapshots. */
  readersGraceMs: 600_000,
  /** Memory of a read-only query. */
  queryMemory: '1GB',
  /** Rows a query returns unless told otherwise. */
  queryRowsMax: 10_000,
  /** How long a query may run unless told otherwise. */
  queryTimeoutMs: 60_000,
} as const;
