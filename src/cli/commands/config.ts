import type { Command } from 'commander';
import type { Setting } from '../../core/config.ts';
import { readFeeds } from '../../detect/feed-files.ts';
import { allDetections } from '../../detect/shipped.ts';
import { checkSuppressions } from '../../detect/suppression.ts';
import { tuningOf } from '../../detect/tuning.ts';
import { terminalText } from '../../query/render/terminal-text.ts';
import { write } from '../effects.ts';
import type { Act } from '../session.ts';

function line({ name, value, origin }: Setting): string {
  return `${name} = ${terminalText(JSON.stringify(value))}  # ${terminalText(origin)}\n`;
}

export function define(command: Command, act: Act): void {
  act(
    command.command('show').description('print every setting with the place its value came from; secrets are masked'),
    async ({ session }) => {
      const { settings } = session.loadConfig();
      const lines = settings.map((setting) => (session.json ? `${JSON.stringify(setting)}\n` : line(setting)));
      await write(session.effects.stdout, lines.join(''));
    },
  );
  act(
    command
      .command('check')
      .description('read the configuration with its rules and feeds and say whether it is valid; exit code 2 if not'),
    async ({ session }) => {
      const { settings, config } = session.loadConfig();
      const { rules, parameters, suppressions, feeds } = config.detect;
      const all = await allDetections(rules);
      tuningOf(parameters, all);
      checkSuppressions(suppressions, all);
      await readFeeds(feeds);
      const set = settings.filter(({ origin }) => origin !== 'default').length;
      if (!session.quiet) session.effects.stderr.write(`valid: ${settings.length} settings, ${set} of them set\n`);
    },
  );
}
