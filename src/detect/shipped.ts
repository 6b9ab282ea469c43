import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../core/errors.ts';
import { type Detection, readDetection } from './detection.ts';

/**
 * Reads every `.sql` file of a folder as a rule, in order of their codes.
 *
 * @throws AppError DETECTION_INVALID if the folder cannot be read, a file is no rule or two rules share a code.
 */
export async function readDetections(folder: string): Promise<Detection[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new AppError('DETECTION_INVALID', `Cannot list the rules in ${folder}. Name a folder of .sql rule files.`, {
      cause,
    });
  }
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  const detections = await Promise.all(files.map((name) => readDetection(join(folder, name))));
  return withoutDoubles(detections);
}

function withoutDoubles(detections: readonly Detection[]): Detection[] {
  const byCode = new Map<string, Detection>();
  for (const detection of detections) {
    const other = byCode.get(detection.code);
    if (other !== undefined) {
      throw new AppError(
        'DETECTION_INVALID',
        `${other.file} and ${detection.file} both have the code ${detection.code}. Give one of them another code.`,
      );
    }
    byCode.set(detection.code, detection);
  }
  return [...byCode.values()].sort((a, b) => a.code.localeCompare(b.code, 'en', { numeric: true }));
}

/** The rules that come with saswatch; the same from the source tree and from the built package. */
export function shippedDetections(): Promise<Detection[]> {
  return readDetections(dirname(fileURLToPath(import.meta.resolve('#rules/privilege-long-lived-sas.sql'))));
}

/** The shipped rules and those of further folders. @throws AppError DETECTION_INVALID */
export async function allDetections(folders: readonly string[]): Promise<Detection[]> {
  const own = await Promise.all(folders.map(readDetections));
  return withoutDoubles([...(await shippedDetections()), ...own.flat()]);
}
