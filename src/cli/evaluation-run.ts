import { join } from 'node:path';
import type { Config } from '../core/config.ts';
import type { Detection } from '../detect/detection.ts';
import { allDetections } from '../detect/shipped.ts';
import { keepEntities } from '../detect/workspace.ts';
import { type Evaluation, type EvaluationInput, evaluate, periodOf } from '../evaluate/evaluation.ts';
import { publishedRules } from '../evaluate/published.ts';
import { readTruth, type Truth } from '../evaluate/truth-file.ts';
import { FilePlan } from '../ingest/sources/plan.ts';
import { openReader } from '../store/reader.ts';
import { type PipelineHooks, runPipeline } from './pipeline.ts';

export interface EvaluationRequest extends PipelineHooks {
  /** Folder that `saswatch generate` wrote. */
  readonly folder: string;
  /** Where the logs are ingested to; a folder that has them already is not read again. */
  readonly dataDir: string;
  /** Its `detect.rules` are folders of rules beside the shipped ones. */
  readonly config: Config;
  readonly signal: AbortSignal;
}

export interface EvaluationRun {
  readonly truth: Truth;
  readonly rules: readonly Detection[];
  readonly evaluation: Evaluation;
}

/**
 * Ingests generated logs as any others, with the rules run over them as at the end of every ingest, and compares what was
 * found with the truth.
 *
 * @param further given the input of the evaluation while the lake is open, for what else is to be asked of it.
 * @throws AppError CONFIG_INVALID for a folder without logs and truth; what the pipeline throws.
 */
export async function runEvaluation(
  { folder, dataDir, config, signal, ...hooks }: EvaluationRequest,
  further: (input: EvaluationInput) => Promise<void> = async () => {},
): Promise<EvaluationRun> {
  const truth = await readTruth(folder);
  const rules = await allDetections(config.detect.rules);
  const { findings } = await runPipeline({
    config,
    dataDir,
    live: false,
    signal,
    plans: async (committed) => {
      const plan = new FilePlan(
        { paths: [join(folder, 'logs')], once: true, tail: 'take', stdinName: 'stdin', logged: null },
        committed,
      );
      await plan.open();
      return [plan];
    },
    ...hooks,
    // Without one of the rules there is nothing to be said of it.
    onFault: (fault) => {
      throw fault;
    },
  });
  const reader = await openReader(dataDir);
  try {
    await keepEntities(reader.connection, periodOf(truth));
    const input: EvaluationInput = {
      connection: reader.connection,
      truth,
      rules,
      findings: findings.filter(({ open }) => open),
      published: await publishedRules(),
    };
    const evaluation = await evaluate(input);
    await further(input);
    return { truth, rules, evaluation };
  } finally {
    reader.close();
  }
}
