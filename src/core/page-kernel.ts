/**
 * Makes what pages of Parquet hold of values that lie in its memory, faster than JavaScript does. Addresses are bytes of
 * the memory; it trusts them. What it makes is valid until it is asked for the next column.
 */
export interface PageKernel {
  readonly memory: ArrayBuffer;
  /** What an Arrow bitmap says: a level a row, and the numbers of the rows that have a value; null if all have. */
  presentRows(
    validity: number,
    rows: number,
  ): { readonly levels: Uint16Array<ArrayBuffer>; readonly rows: Uint32Array<ArrayBuffer> } | null;
  /** Puts values of 2, 4, 8 or 16 bytes of the first `count` present rows one behind the other. @returns where. */
  gatherPresent(values: number, width: number, count: number): number;
  /** Makes values of 1 or 2 bytes 32 bits long: of the first `count` present rows, or of the first `count` of all. @returns where. */
  widen(values: number, width: number, count: number, all: boolean): number;
  /**
   * Values of 4, 8 or 16 bytes as codes into those that differ.
   *
   * @param most that may differ.
   * @returns null where that does not pay.
   */
  distinctValues(
    values: number,
    width: number,
    count: number,
    most: number,
  ): { readonly entries: number; readonly length: number; readonly codes: Uint16Array<ArrayBuffer> } | null;
  /** Codes of `width` bits in Parquet's hybrid of runs and bit-packed groups. */
  packCodes(codes: number, count: number, width: number): Uint8Array<ArrayBuffer>;
  /** Which codes occur, and the largest of them. */
  markCodes(codes: number, count: number): { readonly largest: number; readonly marks: Uint8Array<ArrayBuffer> };
  /** Integers of 4 or 8 bytes as DELTA_BINARY_PACKED, and how many of them equal the one before. */
  packDeltas(
    values: number,
    width: number,
    count: number,
  ): { readonly bytes: Uint8Array<ArrayBuffer>; readonly repeats: number };
  /** Which of integers of 4 or 8 bytes, or strings of 16, is the least, and which the greatest. */
  extremes(values: number, width: number, count: number, signed: boolean): readonly [least: number, greatest: number];
  /**
   * Lengths of the texts between two of `count + 1` offsets.
   *
   * @param utf8 whether a text may not begin inside a character.
   * @returns null if one does, runs backwards, or beyond `end`.
   */
  textLengths(
    offsets: number,
    count: number,
    bytes: number,
    end: number,
    utf8: boolean,
  ): Uint32Array<ArrayBuffer> | null;
  /** The same of the first `count` present rows; null also if their texts do not lie one behind the other. */
  presentTexts(
    offsets: number,
    count: number,
    bytes: number,
    end: number,
    utf8: boolean,
  ): { readonly lengths: Uint32Array<ArrayBuffer>; readonly starts: Int32Array<ArrayBuffer> } | null;
  /**
   * Texts as codes into those that differ.
   *
   * @param most that may differ, at most one in so many, and their bytes.
   * @returns first row of each; null where that does not pay.
   */
  distinctTexts(
    offsets: number,
    count: number,
    bytes: number,
    most: number,
    oneIn: number,
    mostBytes: number,
  ): { readonly rows: Uint32Array<ArrayBuffer>; readonly codes: Uint16Array<ArrayBuffer> } | null;
  /** Texts with their lengths, as PLAIN has them: of `count` rows whose numbers stand at `rows`, or of the first ones if it is 0. */
  plainTexts(offsets: number, bytes: number, rows: number, count: number): Uint8Array<ArrayBuffer>;
  /** How many bytes each text shares with the beginning of the one before, how many it has beside, and the former in all. */
  sharedPrefixes(
    offsets: number,
    count: number,
    bytes: number,
  ): {
    readonly prefixes: Uint32Array<ArrayBuffer>;
    readonly suffixes: Uint32Array<ArrayBuffer>;
    readonly shared: number;
  };
  /** The ends of `count` texts, of as many bytes as stand at `suffixes`, one behind the other. */
  joinSuffixes(offsets: number, suffixes: number, count: number, bytes: number): Uint8Array<ArrayBuffer>;
  /** Which of these texts comes first, and which last, when ordered by their bytes. */
  textExtremes(offsets: number, count: number, bytes: number): readonly [least: number, greatest: number];
}
