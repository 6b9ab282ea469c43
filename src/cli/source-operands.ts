import { AppError } from '../core/errors.ts';
import { isArchiveUrl, parseArchiveUrl } from '../ingest/sources/archive/url.ts';
import { mustBeThere } from '../ingest/sources/log-files.ts';
import { stdinPath } from '../ingest/sources/standard-input.ts';

/**
 * Looks at what sources are called before anything is made for them, so that a slip of the pen leaves no data folder behind.
 *
 * @param operands files, folders, `-` and places in archives.
 * @throws AppError CONFIG_INVALID for a URL that is no archive's, SOURCE_UNAVAILABLE for a path that does not exist.
 */
export function checkSources(operands: readonly string[]): void {
  for (const operand of operands) {
    if (isArchiveUrl(operand)) parseArchiveUrl(operand);
    else if (/^[a-z][a-z0-9+.-]*:\/\//i.test(operand)) {
      throw new AppError(
        'CONFIG_INVALID',
        `Cannot read ${operand}: a source is a file, a folder, "-", az://ACCOUNT/CONTAINER[/PREFIX] or, to ingest, "eventhubs".`,
      );
    } else if (operand !== stdinPath) mustBeThere(operand);
  }
}
