/** What the command line asks of a bench. */
export interface BenchOptions {
  readonly rows: number;
  readonly rounds: number;
  /** That the rows are of, where a bench has a story. */
  readonly days: number;
  /** Says what is going on; results are returned. */
  readonly note: (text: string) => void;
}

/** Cells of a table as they are to be read, the head first. */
export type Rows = readonly (readonly string[])[];

/** What a bench found: paragraphs and tables in the order of reading. */
export interface BenchResult {
  readonly title: string;
  readonly parts: readonly (string | Rows)[];
}

/** A bench: measures the built package beside a peer, in rounds that take turns. */
export type Bench = (options: BenchOptions) => Promise<BenchResult>;
