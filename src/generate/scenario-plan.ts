import type { TokenBook } from './estate.ts';
import type { LogEvent } from './log-event.ts';
import type { Period } from './timeline.ts';
import type { IncidentPlan } from './truth.ts';

/** A scenario laid out for one row count and seed. Streams are in time order and can be read once. */
export interface ScenarioPlan {
  /** What the scenario is about; single events may lie before it. */
  readonly period: Period;
  readonly book: TokenBook;
  readonly incidents: readonly IncidentPlan[];
  readonly streams: readonly Iterator<LogEvent>[];
}

/** How much of an estate is told. */
export interface EstateSize {
  /** Length in days; may be a fraction. */
  readonly days: number;
  readonly accounts: number;
}

/** How records come out of the pipeline before saswatch: once and in order, or as Azure Monitor says it may happen. */
export interface DeliveryRates {
  /** Fraction of records delivered a second time. */
  readonly duplicates: number;
  /** Fraction of records that come more than an hour late. */
  readonly late: number;
}

/** A story that can be told in any number of rows from `rowsMin`; `plan` gives exactly `rows` events. */
export interface Scenario {
  readonly name: string;
  readonly rowsMin: number;
  /** The size unless another is asked for; null: the story has its own and no other. */
  readonly size: EstateSize | null;
  readonly delivery: DeliveryRates;
  plan(rows: number, seed: number, size: EstateSize): ScenarioPlan;
}
