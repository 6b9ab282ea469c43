import { writeFileSync } from 'node:fs';
import { compile } from '../src/detect/compiled-rules.ts';
import { shippedTexts } from '../src/detect/shipped.ts';

/** Writes the rules that come with saswatch as a start reads them. @throws AppError DETECTION_INVALID */
export async function compileRules(path: string): Promise<void> {
  writeFileSync(path, JSON.stringify(compile(await shippedTexts())));
}
