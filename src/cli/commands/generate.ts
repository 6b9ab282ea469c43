import type { Command } from 'commander';
import { scenarioNames } from '../../generate/scenario.ts';
import { type WriteOptions, writeScenario } from '../../generate/write-scenario.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { write } from '../effects.ts';
import { parseCount, parseFraction } from '../option-values.ts';
import type { Act } from '../session.ts';

export function define(command: Command, act: Act): void {
  command
    .requiredOption('--scenario <name>', `what happens: ${scenarioNames.join(' or ')}`)
    .option('--rows <n>', 'exactly so many records', parseCount(1), 100_000)
    .option('--seed <n>', 'same seed, same bytes', parseCount(0), 1)
    .requiredOption('--out <dir>', 'folder for logs/*.ndjson and truth.json; must be empty or new')
    .option('--records', 'write {"records":[…]} bodies as Event Hubs gives them, not one record a line')
    .option('--oddities <fraction>', 'share of records in an odd but valid shape, 0 to 1', parseFraction, 0)
    .option('--unredacted <fraction>', 'share of SAS records that keep their made-up signature', parseFraction, 0)
    .option('--secrets', 'also write secrets.json with every made-up signature, to search a lake for');

  act<Omit<WriteOptions, 'format'> & { records?: boolean }>(command, async ({ session, options }) => {
    const { records = false, scenario, rows, seed, out, oddities, unredacted, secrets } = options;
    session.effects.stopOnSignal();
    const { files, bytes, truth } = writeScenario({
      scenario,
      rows,
      seed,
      out,
      format: records ? 'records' : 'ndjson',
      oddities: oddities ?? 0,
      unredacted: unredacted ?? 0,
      secrets: secrets ?? false,
    });
    const incidents = truth.incidents.length;
    await write(
      session.effects.stdout,
      session.json
        ? jsonLine({ scenario, rows, seed, out, files: files.length, bytes, incidents })
        : `${rows} records (${bytes} bytes, ${files.length} files) and ${incidents} incidents in ${out}\n`,
    );
  });
}
