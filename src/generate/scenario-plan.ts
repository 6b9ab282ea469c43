import type { TokenBook } from './estate.ts';
import type { LogEvent } from './log-event.ts';
import type { IncidentPlan } from './truth.ts';

/** A scenario laid out for one row count and seed. Streams are in time order and can be read once. */
export interface ScenarioPlan {
  readonly book: TokenBook;
  readonly incidents: readonly IncidentPlan[];
  readonly streams: readonly Iterator<LogEvent>[];
}

/** A story that can be told in any number of rows from `rowsMin`; `plan` gives exactly `rows` events. */
export interface Scenario {
  readonly name: string;
  readonly rowsMin: number;
  plan(rows: number, seed: number): ScenarioPlan;
}
