import { AppError, errorClause, errorText } from '../core/errors.ts';
import type { Detection } from './detection.ts';

/** What DuckDB says of a statement that is wrong, or that takes more memory than it may. */
const ofStatement =
  /^(Parser|Binder|Catalog|Conversion|Out of Range|Invalid Input|Mismatch Type|Not implemented|Constraint|Out of Memory) Error/;

/** What DuckDB says of a file of the lake, before the place in the statement. */
const ofFile = /^[^\n]*\.parquet[^\n]*/;

/** A failure that is a file's, told as such; others as they are. */
export function lakeFailure(cause: unknown): unknown {
  const [fault] = ofFile.exec(errorText(cause)) ?? [];
  if (cause instanceof AppError || fault === undefined) return cause;
  return new AppError(
    'DETECTION_FAILED',
    `The rules could not read the lake: ${errorClause(fault)}. Restore that file; or move it away, and the rest is read without its rows, as every start will tell.`,
    { cause },
  );
}

/** A failure while a rule was run: the rule's, which it names, or that of a file. */
export function ruleFailure({ code, file }: Pick<Detection, 'code' | 'file'>, cause: unknown): AppError {
  const failure = lakeFailure(cause);
  if (failure instanceof AppError) return failure;
  return new AppError(
    'DETECTION_FAILED',
    `Rule ${code} (${file}) failed over the lake: ${errorClause(cause)}. Try \`saswatch detect test\`.`,
    { cause, detection: code },
  );
}

/** A file that cannot be read fails whatever reads it. */
function isOfRule({ code, cause }: AppError): boolean {
  const text = errorText(cause);
  return code === 'DETECTION_INVALID' || (ofStatement.test(text) && !ofFile.test(text));
}

/** The rules that failed in a run: what is wrong with one ends that one alone. */
export class RuleFaults {
  readonly #faults = new Map<Detection, AppError>();

  /**
   * What a step of a rule gives; null where the rule fails in it.
   *
   * @throws whatever is wrong with more than the rule: files, the database itself.
   */
  async of<T>(rule: Detection, step: () => Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (cause) {
      const failure = ruleFailure(rule, cause);
      if (!isOfRule(failure)) throw failure;
      this.#faults.set(rule, failure);
      return null;
    }
  }

  has(rule: Detection): boolean {
    return this.#faults.has(rule);
  }

  [Symbol.iterator](): IterableIterator<[Detection, AppError]> {
    return this.#faults.entries();
  }
}
