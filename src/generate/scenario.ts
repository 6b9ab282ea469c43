import { AppError } from '../core/errors.ts';
import type { LogEvent } from './log-event.ts';
import { Oddities } from './oddities.ts';
import { Prng } from './prng.ts';
import { RecordWriter } from './record.ts';
import type { Scenario } from './scenario-plan.ts';
import { benignDay } from './scenarios/benign-day.ts';
import { robustModels } from './scenarios/robust-models.ts';
import { merge } from './timeline.ts';
import { Tally, type Truth } from './truth.ts';

const scenarios: readonly Scenario[] = [robustModels, benignDay];
const rowsMax = 100_000_000;

/** Names for `--scenario`. */
export const scenarioNames: readonly string[] = scenarios.map(({ name }) => name);

export interface GenerateOptions {
  readonly scenario: string;
  /** Exactly so many records. */
  readonly rows: number;
  /** Unsigned 32-bit integer; same seed, same bytes. */
  readonly seed: number;
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
  /** The records in event-time order, one compact JSON text each without newline. Starts anew at each call. */
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
  { rows, seed, oddities = 0, unredacted = 0 }: GenerateOptions,
  { name, rowsMin }: Scenario,
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
  for (const [option, fraction] of Object.entries({ oddities, unredacted })) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new AppError('CONFIG_INVALID', `${option} is a fraction from 0 to 1, not ${fraction}.`);
    }
  }
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
  let finished: { truth: Truth; secrets: SasSecret[] } | undefined;

  function* events(): Generator<LogEvent> {
    const { book, incidents, streams } = scenario.plan(rows, seed);
    const tally = new Tally();
    for (const event of merge(streams)) {
      tally.add(event);
      yield event;
    }
    finished ??= {
      truth: tally.truth(scenario.name, seed, book, incidents),
      secrets: book.tokens.map(({ name, tokenHash, signature, url }) => {
        return { name, token_hash: tokenHash, sig: signature, url };
      }),
    };
  }

  function* records(): Generator<string> {
    const writer = new RecordWriter(new Prng(seed, 'records'), unredacted);
    const odd = new Oddities(new Prng(seed, 'oddities'), oddities);
    for (const event of events()) yield odd.apply(writer.write(event));
  }

  const finish = (): { truth: Truth; secrets: SasSecret[] } => {
    const stream = events();
    while (finished === undefined) stream.next();
    return finished;
  };
  return { records, truth: () => finish().truth, secrets: () => finish().secrets };
}
