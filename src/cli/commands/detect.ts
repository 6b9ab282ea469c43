import type { Command } from 'commander';
import { type Level, levels } from '../../core/finding.ts';
import { startOfDay } from '../../core/utc-day.ts';
import { checkDetection } from '../../detect/check.ts';
import type { Detection } from '../../detect/detection.ts';
import { readFeeds, showFeeds } from '../../detect/feed-files.ts';
import { runDetection } from '../../detect/run.ts';
import { allDetections } from '../../detect/shipped.ts';
import { tuningOf } from '../../detect/tuning.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { terminalText } from '../../query/render/terminal-text.ts';
import { openReader } from '../../store/reader.ts';
import { write } from '../effects.ts';
import { exitCodes } from '../exit-codes.ts';
import { failOnCode, failOnOption } from '../fail-on.ts';
import { findingLine, findingRow } from '../finding-text.ts';
import { collect, type Moment, parseMoment, requireOrder } from '../option-values.ts';
import { ruleNamed } from '../rule-named.ts';
import type { Act, Session } from '../session.ts';

interface RuleOptions {
  readonly rules?: readonly string[];
}

interface RunOptions extends RuleOptions {
  readonly since: Moment;
  readonly until: Moment;
  readonly failOn?: Level;
}

const rulesOption = ['--rules <dir>', 'folder of rules beside the shipped ones; may be given again', collect] as const;

export function define(command: Command, act: Act): void {
  const list = command
    .command('list')
    .description('the rules')
    .option(...rulesOption);
  act<RuleOptions>(list, async ({ session, options }) => {
    const rows = (await rulesOf(session, options)).map(({ code, level, kind, status, title, tags }) => ({
      code,
      level,
      kind,
      status,
      title,
      tags,
    }));
    const width = Math.max(...levels.map((level) => level.length));
    const line = ({ code, level, kind, title }: (typeof rows)[number]) =>
      `${code.padEnd(8)} ${level.padEnd(width)} ${kind.padEnd(8)} ${terminalText(title)}\n`;
    await write(session.effects.stdout, rows.map(session.json ? jsonLine : line).join(''));
  });

  const test = command
    .command('test')
    .argument('[rule...]', 'codes of rules, as W-DEL-1; all of them, unless told otherwise')
    .description("run the rules' own tests; exit code 1 if one fails")
    .option(...rulesOption);
  act<RuleOptions>(test, async ({ session, options, operands }) => {
    const { stdout } = session.effects;
    const rules = await rulesOf(session, options);
    const tested = operands.length === 0 ? rules : operands.map((code) => ruleNamed(rules, code));
    let passed = 0;
    let failed = 0;
    for (const rule of tested) {
      for (const outcome of await checkDetection(rule)) {
        if (outcome.passed) passed += 1;
        else failed += 1;
        const difference = outcome.difference === null ? '' : `\n        ${terminalText(outcome.difference)}`;
        const line = `${outcome.passed ? 'ok     ' : 'FAILED '} ${outcome.code.padEnd(8)} ${terminalText(outcome.test)}${difference}\n`;
        await write(stdout, session.json ? jsonLine(outcome) : line);
      }
    }
    if (!session.json) await write(stdout, `${passed} passed, ${failed} failed\n`);
    return failed === 0 ? undefined : exitCodes.fault;
  });

  const run = command
    .command('run')
    .argument('<rule>', 'code of the rule, as W-DEL-1')
    .description('run one rule as configured over a stretch of the lake; what it finds is shown, not kept')
    .requiredOption(
      '--since <time>',
      'first moment: ISO 8601, or -24h before now; taken back to its UTC day',
      parseMoment,
    )
    .requiredOption('--until <time>', 'first moment behind the stretch', parseMoment)
    .option(...rulesOption)
    .addOption(failOnOption());
  act<RunOptions>(run, async ({ session, options, operands: [code = ''] }) => {
    const rules = await rulesOf(session, options);
    const rule = ruleNamed(rules, code);
    const { parameters, feeds } = session.config().detect;
    const values = tuningOf(parameters, rules).get(rule.code);
    const lists = await readFeeds(feeds);
    const now = session.effects.clock();
    const since = options.since(now);
    requireOrder(since, options.until(now));
    const reader = await openReader(session.config().data);
    try {
      await showFeeds(reader.connection, lists);
      const range = { since: startOfDay(since), until: options.until(now) };
      const found = await runDetection(reader.connection, rule, range, values);
      const { stdout, isTTY } = session.effects;
      const lines = found.map((finding) =>
        session.json ? jsonLine(findingRow(finding)) : `${findingLine(finding, isTTY.stdout)}\n`,
      );
      await write(stdout, lines.join(''));
      if (!session.json && !session.quiet) session.effects.stderr.write(`${found.length} found by ${rule.code}\n`);
      return failOnCode(options.failOn, found);
    } finally {
      reader.close();
    }
  });
}

function rulesOf(session: Session, { rules = [] }: RuleOptions): Promise<Detection[]> {
  return allDetections([...session.config().detect.rules, ...rules]);
}
