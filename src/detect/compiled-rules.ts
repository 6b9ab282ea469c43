import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Detection, parseDetection } from './detection.ts';

/** Rules by the hash of their file's text, as the build has read them: to read their YAML costs most of a second. */
export type CompiledRules = Readonly<Record<string, Detection>>;

/** Beside the built modules; the source tree has none, and reads the texts. */
const path = new URL('../../compiled-rules.json', import.meta.url);

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @param texts of rule files, by their names. @throws AppError DETECTION_INVALID */
export function compile(texts: ReadonlyMap<string, string>): CompiledRules {
  return Object.fromEntries([...texts].map(([file, text]) => [hashOf(text), parseDetection(file, text)]));
}

/** What the build has compiled; nothing where there is no build. */
export async function compiledRules(): Promise<CompiledRules> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  return JSON.parse(text);
}

/** A rule as `parseDetection` reads it from its text, which it does where that has changed since. */
export function ruleOf(file: string, text: string, compiled: CompiledRules): Detection {
  const rule = compiled[hashOf(text)];
  return rule === undefined ? parseDetection(file, text) : { ...rule, file };
}
