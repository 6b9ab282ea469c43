import { AppError } from '../core/errors.ts';
import { Delivery } from './delivery.ts';
import type { LogEvent } from './log-event.ts';
import { merge } from './merge.ts';
import { Oddities } from './oddities.ts';
import { Prng } from './prng.ts';
import { RecordWriter } from './record.ts';
import type { EstateSize, Scenario } from './scenario-plan.ts';
import { benignDay } from './scenarios/benign-day.ts';
import { benignMonth, estate } from './scenarios/estate.ts';
import { robustModels } from './scenarios/robust-models.ts';
import { Tally, type Truth } from './truth.ts';

const scenarios: readonly Scenario[] = [robustModels, benignDay, benignMonth, estate];
const rowsMax = 100_000_000;
const daysMax = 366;
const accountsMax = 100;
/** For a story that has its own size; its plan does not look at it. */
const ownSize: EstateSize = { days: 0, accounts: 0 };

/** Names for `--scenario`. */
export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

export interface GenerateOptions {
  readonly scenario: string;
  /** Exactly so many requests, each a record; what is delivered twice comes on top. */
  readonly rows: number;
  /** Unsigned 32-bit integer; same seed, same bytes. */
  readonly seed: number;
  /** Length in days, 0.01 to 366, for scenarios that can be told in any; else the scenario's own. */
  readonly days?: number;
  /** Storage accounts, 1 to 100, for scenarios that can have any number; else the scenario's own. */
  readonly accounts?: number;
  /** Fraction of records delivered twice; else the scenario's own. */
  readonly duplicates?: number;
  /** Fraction of records delivered one to 48 hours late; else the scenario's own. */
  readonly late?: number;
  /**
   * Fraction of records in an odd but valid shape (other key order, unknown fields, escapes …). Default 0. Sums stay true;
   * an odd record may show another address, status or object name than the truth has for its incident.
   */
  readonly oddities?: number;
  /** Fraction of SAS records whose uri keeps its (synthetic) `sig`, to test redaction. Default 0. */
  readonly unredacted?: number;
}

/** A token with its signature. Secret, if synthetic: for tests that look for leaks. */
export interface SasSecret {
  readonly name: string;
  readonly token_hash: string;
  readonly sig: string;
  /** The whole SAS URL. */
  readonly url: string;
}

export interface Generation {
  /**
   * The records, one compact JSON text each without newline: in event-time order, or nearly so where the scenario's
   * delivery is not perfect. Starts anew at each call.
   */
  records(): Iterable<string>;
  /** The truth about all records. Costs a pass of its own (without writing records) unless `records()` was read to its end. */
  truth(): Truth;
  /** The signatures of all tokens, in memory only. Same cost as `truth()`. */
  secrets(): SasSecret[];
}

function findScenario(name: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.name === name);
  if (scenario !== undefined) return scenario;
  throw new AppError('CONFIG_INVALID', `There is no scenario "${name}"; choose one of ${scenarioNames.join(', ')}.`);
}

function checkOptions(
  { rows, seed, days, accounts, ...fractions }: GenerateOptions,
  { name, rowsMin, size }: Scenario,
): void {
  if (!Number.isInteger(rows) || rows < rowsMin || rows > rowsMax) {
    throw new AppError(
      'CONFIG_INVALID',
      `Scenario ${name} takes ${rowsMin} to ${rowsMax} rows; ${rows} was asked for.`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffff_ffff) {
    throw new AppError('CONFIG_INVALID', `The seed must be a whole number from 0 to 4294967295, not ${seed}.`);
  }
  if (size === null && (days !== undefined || accounts !== undefined)) {
    throw new AppError(
      'CONFIG_INVALID',
      `Scenario ${name} has its own length and accounts; leave out days and accounts.`,
    );
  }
  if (days !== undefined && !(days >= 0.01 && days <= daysMax)) {
    throw new AppError('CONFIG_INVALID', `days is a number from 0.01 to ${daysMax}, not ${days}.`);
  }
  if (accounts !== undefined && !(Number.isInteger(accounts) && accounts >= 1 && accounts <= accountsMax)) {
    throw new AppError('CONFIG_INVALID', `accounts is a whole number from 1 to ${accountsMax}, not ${accounts}.`);
  }
  for (const option of ['oddities', 'unredacted', 'duplicates', 'late'] as const) {
    const fraction = fractions[option];
    if (fraction !== undefined && !(fraction >= 0 && fraction <= 1)) {
      throw new AppError('CONFIG_INVALID', `${option} is a fraction from 0 to 1, not ${fraction}.`);
    }
  }
}

function sizeOf({ days, accounts }: GenerateOptions): Partial<EstateSize> {
  return { ...(days === undefined ? {} : { days }), ...(accounts === undefined ? {} : { accounts }) };
}

/**
 * Lays out a scenario: records as Azure Monitor would export them, and what is true about them.
 *
 * @throws AppError CONFIG_INVALID for an unknown scenario or an option out of range.
 */
export function generate(options: GenerateOptions): Generation {
  const scenario = findScenario(options.scenario);
  checkOptions(options, scenario);
  const { rows, seed, oddities = 0, unredacted = 0 } = options;
  const size = { ...(scenario.size ?? ownSize), ...sizeOf(options) };
  const { duplicates = scenario.delivery.duplicates, late = scenario.delivery.late } = options;
  let finished: { truth: Truth; secrets: SasSecret[] } | undefined;

  function* events(): Generator<LogEvent> {
    const { period, book, incidents, streams } = scenario.plan(rows, seed, size);
    const tally = new Tally();
    for (const event of merge(streams)) {
      tally.add(event);
      yield event;
    }
    finished ??= {
      truth: tally.truth({ scenario: scenario.name, seed, period, book, incidents }),
      secrets: book.tokens.map(({ name, tokenHash, signature, url }) => {
        return { name, token_hash: tokenHash, sig: signature, url };
      }),
    };
  }

  function* records(): Generator<string> {
    const writer = new RecordWriter(new Prng(seed, 'records'), unredacted);
    const odd = new Oddities(new Prng(seed, 'oddities'), oddities);
    const delivery = new Delivery(new Prng(seed, 'delivery'), { duplicates, late });
    for (const event of events()) yield* delivery.add(odd.apply(writer.write(event)), event.time);
    yield* delivery.end();
  }

  const finish = (): { truth: Truth; secrets: SasSecret[] } => {
    const stream = events();
    while (finished === undefined) stream.next();
    return finished;
  };
  return { records, truth: () => finish().truth, secrets: () => finish().secrets };
}
