import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AppError, errorClause } from '../core/errors.ts';

const moment = z.iso.datetime().transform((text) => BigInt(Date.parse(text)) * 1_000n);

const incidentSchema = z.object({
  id: z.string(),
  kind: z.string(),
  /** Codes of the rules that should find it. */
  rules: z.array(z.string()),
  entity: z.object({ account: z.string() }),
  token_hashes: z.array(z.string().regex(/^[0-9A-F]{64}$/)).min(1),
  start: moment,
  end: moment,
  tactic: z.string(),
  caller_ips: z.array(z.string()),
});

const truthSchema = z.object({
  scenario: z.string(),
  seed: z.number(),
  rows: z.number(),
  accounts: z.int().positive(),
  period_start: moment,
  period_end: moment,
  incidents: z.array(incidentSchema),
});

/** What an evaluation needs of `truth.json`. All moments are UTC microseconds. */
export type Truth = z.output<typeof truthSchema>;
export type Incident = Truth['incidents'][number];

/**
 * Reads the truth beside generated logs.
 *
 * @throws AppError CONFIG_INVALID if the folder has none or it is not of the form `saswatch generate` writes.
 */
export async function readTruth(folder: string): Promise<Truth> {
  const path = join(folder, 'truth.json');
  const hint = 'Name a folder that `saswatch generate` wrote.';
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new AppError('CONFIG_INVALID', `Could not read the truth in ${path}: ${errorClause(cause)}. ${hint}`, {
      cause,
    });
  }
  const parsed = truthSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  throw new AppError('CONFIG_INVALID', `${path} is no truth: ${place} ${issue?.message ?? ''}. ${hint}`, {
    cause: parsed.error,
  });
}
