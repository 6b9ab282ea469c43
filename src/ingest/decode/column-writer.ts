import type { Batch } from '../../core/batch.ts';
import { type ColumnName, columnIndex, columns } from '../../core/columns.ts';
import { limits } from '../../core/limits.ts';
import { redact } from '../../core/redaction.ts';
import { type ColumnBuilder, type ColumnValue, columnBuilder } from './column-builder.ts';

const loneSurrogate = /\p{Cs}/gu;

/** `text` as a column may hold it: well-formed Unicode without a signature. */
export function cleanText(text: string): string {
  return redact(text).replace(loneSurrogate, '\ufffd');
}

const textColumns = columns.flatMap(({ type }, i) => (type === 'dictionary' || type === 'utf8' ? [i] : []));
const jsonColumns: ReadonlySet<number> = new Set(
  columns.flatMap(({ name, conversion }, i) => (conversion === 'json' || name === 'extra' ? [i] : [])),
);

/** Where a writer's columns are kept. */
export interface ColumnSet {
  readonly rows: number;
  /** The batch has to end before another row. */
  readonly full: boolean;
  /** One a column, in the order of `columns`. */
  readonly builders: readonly ColumnBuilder[];
  /** Makes what was written at `rows` the last row. */
  keepRow(): void;
  batch(): Batch;
  reset(): void;
}

/** Columns in JavaScript's own memory; texts grow as needed. Used again after `reset`. */
export class HeapColumns implements ColumnSet {
  readonly #rowsMax: number;
  readonly builders: readonly ColumnBuilder[];
  #rows = 0;

  constructor(rowsMax: number = limits.segmentRowsMax) {
    this.#rowsMax = rowsMax;
    this.builders = columns.map((spec) => columnBuilder(spec, rowsMax));
  }

  get rows(): number {
    return this.#rows;
  }

  get full(): boolean {
    return this.#rows >= this.#rowsMax;
  }

  keepRow(): void {
    this.#rows += 1;
  }

  batch(): Batch {
    return { rows: this.#rows, columns: this.builders.map((builder) => builder.column()) };
  }

  reset(): void {
    for (const builder of this.builders) builder.reset();
    this.#rows = 0;
  }
}

/** The open batch, written row by row. Every text passes `cleanText`; the JSON columns are made of texts that have. */
export class ColumnWriter {
  readonly #columns: ColumnSet;

  constructor(set: ColumnSet) {
    this.#columns = set;
  }

  get rows(): number {
    return this.#columns.rows;
  }

  /** True if the column can hold `text` in this batch: a dictionary may be full. */
  fits(name: ColumnName, text: string): boolean {
    return this.#columns.builders[columnIndex[name]]?.fits(text) ?? false;
  }

  /**
   * Appends one row.
   *
   * @param row one value a column, in the order of `columns`. Texts are replaced by what was stored.
   * @returns false, with nothing appended, if the batch has to end before this row.
   */
  append(row: ColumnValue[]): boolean {
    if (this.#columns.full) return false;
    const { builders } = this.#columns;
    for (const i of textColumns) {
      const value = row[i];
      const builder = builders[i];
      // What a column holds has been cleaned, and cleaning twice changes nothing.
      if (typeof value !== 'string' || builder === undefined || builder.has(value)) continue;
      const clean = jsonColumns.has(i) ? value : cleanText(value);
      row[i] = clean;
      if (!builder.fits(clean)) return false;
    }
    const at = this.rows;
    for (let i = 0; i < builders.length; i++) builders[i]?.write(at, row[i] ?? null);
    this.#columns.keepRow();
    return true;
  }

  /** The rows so far; the buffers are the columns' own and valid until `reset`. */
  batch(): Batch {
    return this.#columns.batch();
  }

  reset(): void {
    this.#columns.reset();
  }
}
