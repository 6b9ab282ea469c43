import { type Command, Option } from 'commander';
import { Catalog } from '../../store/catalog.ts';
import { existingDataFolder } from '../../store/data-folder.ts';
import { keepUp } from '../lake-upkeep.ts';
import { type Moment, parseMoment } from '../option-values.ts';
import { PipelineReport } from '../pipeline-report.ts';
import type { Act } from '../session.ts';

interface Options {
  readonly policy?: string;
  readonly until?: Moment;
  readonly sparse?: boolean;
}

export function define(command: Command, act: Act): void {
  command
    .addOption(
      new Option('--policy <name>', 'columns to keep (default: as configured)').choices(['full', 'lean', 'minimal']),
    )
    .option('--until <time>', 'leave hours alone that end later: ISO 8601, or -24h before now', parseMoment)
    .option('--sparse', 'split segments by hour also where that makes more and larger files of them')
    .addHelpText(
      'after',
      '\nEach step is one transaction: stop it when you like, it goes on there. Replaced files stay ten minutes for readers\n' +
        'that still use them; who opens the folder next deletes them.',
    );
  act<Options>(command, async ({ session, options }) => {
    const { effects } = session;
    const config = session.config({ 'compaction.policy': options.policy });
    const now = effects.clock();
    const report = new PipelineReport(session);
    const started = performance.now();
    await existingDataFolder(config.data);
    const catalog = await Catalog.open(config.data, { clock: effects.clock });
    try {
      report.hooks.onOpen?.(catalog.openReport);
      const until = options.until?.(now) ?? null;
      const totals = await keepUp({
        catalog,
        config,
        dataDir: config.data,
        now,
        plan: { until, onlyGain: false, splitSparse: options.sparse ?? false },
        cpuShareMax: 1,
        onStep: ({ steps, rows, files_before, files_after }) =>
          report.progress(
            `step ${steps}: ${rows.toLocaleString('en')} rows, ${files_before} files became ${files_after}`,
          ),
        signal: effects.signal,
      });
      if (totals.sparse_files > 0) report.note(leftText(totals.sparse_files));
      await report.end({
        ...totals,
        bytes_per_row: totals.rows === 0 ? 0 : Math.round((10 * totals.bytes_after) / totals.rows) / 10,
        cpu_s: Math.round(totals.cpu_s * 1_000) / 1_000,
        wall_s: Math.round(performance.now() - started) / 1_000,
      });
    } finally {
      await catalog.close();
    }
  });
}

function leftText(files: number): string {
  const segments = files === 1 ? '1 segment stays as it is: its' : `${files} segments stay as they are: their`;
  return `${segments} rows are spread so thinly that files of their hours would be larger; --sparse splits them too`;
}
