import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { curvesChart } from '../../evaluate/chart.ts';
import { thresholdCurves } from '../../evaluate/curve.ts';
import type { Evaluation } from '../../evaluate/evaluation.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { renderTable } from '../../query/render/table.ts';
import { write } from '../effects.ts';
import { evaluationPage } from '../evaluation-page.ts';
import { runEvaluation } from '../evaluation-run.ts';
import { evaluationTables, tableResult } from '../evaluation-table.ts';
import { collect } from '../option-values.ts';
import { fillFile, replaceFile } from '../output-file.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act, Session } from '../session.ts';

interface Options {
  readonly out?: string;
  readonly rules?: readonly string[];
}

export function define(command: Command, act: Act): void {
  command
    .argument('<dir>', 'folder that `saswatch generate` wrote: logs and truth.json')
    .option('--rules <dir>', 'folder of rules beside the shipped ones; may be given again', collect)
    .option(
      '--out <file>',
      'also run every rule over values of its threshold: curves as .svg, or a page with all as .html',
    )
    .addHelpText(
      'after',
      '\nThe logs are ingested like any others, into --data or else a temporary folder that is removed. A finding detects an\n' +
        'incident if it is of its tactic, about its token and begins at most 15 minutes after its end; precision counts\n' +
        'findings about any incident. Published rules name callers: address and account must match. See docs/evaluation.md.',
    );
  act<Options>(command, async ({ session, options, operands: [folder = ''] }) => {
    const { out } = options;
    if (out !== undefined && !/\.(svg|html)$/.test(out)) {
      throw new AppError('CONFIG_INVALID', `Cannot write ${out}: name a file that ends in .svg or .html.`);
    }
    const config = session.config();
    const dataDir = session.dataGiven ?? (await mkdtemp(join(tmpdir(), 'saswatch-evaluate-')));
    const report = new PipelineReport(session);
    try {
      let chart = '';
      const { truth, evaluation } = await runEvaluation(
        {
          folder,
          dataDir,
          config: {
            ...config,
            detect: { ...config.detect, rules: [...config.detect.rules, ...(options.rules ?? [])] },
          },
          signal: session.effects.signal,
          ...report.hooks,
          onFindings: () => {},
        },
        async (input) => {
          if (out !== undefined) chart = curvesChart(await thresholdCurves(input));
        },
      );
      report.close();
      await print(session, evaluation);
      if (out !== undefined) {
        const text = out.endsWith('.svg') ? chart : evaluationPage(truth, evaluationTables(evaluation), chart);
        await replaceFile(out, (temporaryPath) => fillFile(temporaryPath, (sink) => sink(text)));
      }
    } finally {
      if (session.dataGiven === null) await rm(dataDir, { recursive: true, force: true });
    }
    return undefined;
  });
}

async function print({ effects, json }: Session, evaluation: Evaluation): Promise<void> {
  if (json) {
    const { tactics, rules, published, incidents } = evaluation;
    const lines = Object.entries({ tactic: tactics, rule: rules, published, incident: incidents }).flatMap(
      ([type, rows]) => rows.map((row) => jsonLine({ type, ...row })),
    );
    return write(effects.stdout, lines.join(''));
  }
  for (const table of evaluationTables(evaluation)) {
    await write(effects.stdout, `${table.title}\n\n`);
    await renderTable(tableResult(table), (piece) => write(effects.stdout, piece), effects.width());
    await write(effects.stdout, '\n');
  }
}
