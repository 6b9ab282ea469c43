import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../core/errors.ts';
import { type CompiledRules, compiledRules, ruleOf } from './compiled-rules.ts';
import type { Detection } from './detection.ts';

/** Where the rules are that come with saswatch. */
const shippedFolder = dirname(fileURLToPath(import.meta.resolve('#rules/privilege-long-lived-sas.sql')));

/** The texts of the `.sql` files of a folder, by their names. @throws AppError DETECTION_INVALID */
async function ruleTexts(folder: string): Promise<ReadonlyMap<string, string>> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new AppError('DETECTION_INVALID', `Cannot list the rules in ${folder}. Name a folder of .sql rule files.`, {
      cause,
    });
  }
  const files = names.filter((name) => name.endsWith('.sql')).sort();
  return new Map(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const)),
  );
}

/** The texts of the rules that come with saswatch. */
export function shippedTexts(): Promise<ReadonlyMap<string, string>> {
  return ruleTexts(shippedFolder);
}

/**
 * Reads every `.sql` file of a folder as a rule, in order of their codes.
 *
 * @throws AppError DETECTION_INVALID if the folder cannot be read, a file is no rule or two rules share a code.
 */
export async function readDetections(folder: string, compiled: CompiledRules = {}): Promise<Detection[]> {
  const texts = await ruleTexts(folder);
  return withoutDoubles([...texts].map(([file, text]) => ruleOf(file, text, compiled)));
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
export async function shippedDetections(): Promise<Detection[]> {
  return readDetections(shippedFolder, await compiledRules());
}

/** The shipped rules and those of further folders. @throws AppError DETECTION_INVALID */
export async function allDetections(folders: readonly string[]): Promise<Detection[]> {
  const own = await Promise.all(
    [...new Set(folders.map((folder) => resolve(folder)))].map((each) => readDetections(each)),
  );
  return withoutDoubles([...(await shippedDetections()), ...own.flat()]);
}
