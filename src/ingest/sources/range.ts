/** A stretch of one stored log; a line belongs to the range in which it starts. Byte positions are of decompressed bytes. */
export interface ByteRange {
  readonly partition: string;
  /** First byte of the range. */
  readonly start: number;
  /** First byte behind the range; null: to the end of the log. */
  readonly end: number | null;
  /** Where reading begins: `start`, or behind the last committed frame. */
  readonly from: number;
  /** What becomes of a last line without its line feed that is no whole record yet: left for a later run, or taken. */
  readonly tail: 'leave' | 'take';
  /** Which state of the log the range was cut from; another one may hold more. */
  readonly version: string;
  /** Position token of the last commit of the range, if there was one. */
  readonly mark?: string;
  /** Set when the range is handed back: the byte up to which it was delivered. */
  readonly reached?: number;
}
