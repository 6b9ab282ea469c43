/**
 * Makes what DuckDB's vectors hold of values that lie in its memory, faster than JavaScript does. What it makes lies at
 * `made` until it is called again. Addresses are bytes of the memory; it trusts them.
 */
export interface VectorKernel {
  readonly memory: ArrayBuffer;
  readonly made: Uint8Array<ArrayBuffer>;
  /** Codes of 16 bits as bytes. @returns the largest, above 255 of which the bytes mean nothing. */
  narrowCodes(codes: number, count: number): number;
  /** UUIDs as little-endian integers with their first bit flipped. */
  flipUuids(values: number, count: number): void;
  /**
   * A `duckdb_string_t` for each text between two of `count + 1` offsets.
   *
   * @param end of the last text, counted as the offsets are.
   * @param base address of byte 0 of the texts in native memory.
   * @param utf8 whether a text may not begin inside a character.
   * @returns false if it met one that does, or one that runs backwards or beyond `end`.
   */
  textElements(offsets: number, count: number, bytes: number, end: number, base: bigint, utf8: boolean): boolean;
}
