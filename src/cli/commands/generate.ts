import { type Command, Option } from 'commander';
import { scenarioNames } from '../../generate/scenario.ts';
import { type LogFormat, logFormats, type WriteOptions, writeScenario } from '../../generate/write-scenario.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { write } from '../effects.ts';
import { parseCount, parseFraction, parseNumber } from '../option-values.ts';
import type { Act } from '../session.ts';

export function define(command: Command, act: Act): void {
  command
    .requiredOption('--scenario <name>', `what happens: ${scenarioNames.join(', ')}`)
    .option('--rows <n>', 'exactly so many requests', parseCount(1), 100_000)
    .option('--seed <n>', 'same seed, same bytes', parseCount(0), 1)
    .requiredOption('--out <dir>', 'folder for logs/*.ndjson and truth.json; must be empty or new')
    .option('--days <n>', 'length of benign-month and estate: 0.01 to 366 days (default: 30)', parseNumber)
    .option('--accounts <n>', 'storage accounts of benign-month and estate: 1 to 100 (default: 6)', parseCount(1))
    .option('--duplicates <fraction>', 'share of records delivered twice (default: 0.02 of an estate)', parseFraction)
    .option('--late <fraction>', 'share delivered 1 to 48 hours late (default: 0.001 of an estate)', parseFraction)
    .addOption(
      new Option(
        '--format <format>',
        'ndjson: a record a line; records: {"records":[…]} bodies; archive: as a diagnostic setting lays it out; classic: $logs',
      )
        .choices(logFormats)
        .default('ndjson'),
    )
    .option('--records', 'the same as --format records')
    .option('--oddities <fraction>', 'share of records in an odd but valid shape, 0 to 1', parseFraction, 0)
    .option('--unredacted <fraction>', 'share of SAS records that keep their made-up signature', parseFraction, 0)
    .option('--secrets', 'also write secrets.json with every made-up signature, to search a lake for');

  act<Omit<WriteOptions, 'format'> & { records?: boolean; format: LogFormat }>(
    command,
    async ({ session, options }) => {
      const { records = false, format, ...given } = options;
      const { scenario, rows, seed, out } = given;
      session.effects.stopOnSignal();
      const { files, bytes, truth } = writeScenario({ ...given, format: records ? 'records' : format });
      const incidents = truth.incidents.length;
      await write(
        session.effects.stdout,
        session.json
          ? jsonLine({ scenario, rows, seed, out, files: files.length, bytes, incidents })
          : `${rows} requests (${bytes} bytes, ${files.length} files) and ${incidents} incidents in ${out}\n`,
      );
    },
  );
}
