import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import type { Command } from 'commander';
import { DuckDBTimestampValue } from '../../core/duckdb.ts';
import { AppError } from '../../core/errors.ts';
import { type Level, levels } from '../../core/finding.ts';
import { incidentsOf } from '../../detect/incident.ts';
import { allDetections } from '../../detect/shipped.ts';
import { jsonLine } from '../../query/render/jsonl.ts';
import { lineText, terminalText } from '../../query/render/terminal-text.ts';
import { readSnapshotFindings } from '../../store/finding-table.ts';
import { openReader } from '../../store/reader.ts';
import { write } from '../effects.ts';
import { tellEmptyLake } from '../empty-lake.ts';
import { failOnCode, failOnOption } from '../fail-on.ts';
import { incidentLine, incidentRow } from '../incident-text.ts';
import { printResult } from '../lake-result.ts';
import { type Moment, parseLevel, parseMoment, requireOrder } from '../option-values.ts';
import { ruleNamed } from '../rule-named.ts';
import type { Act, Session } from '../session.ts';

interface IncidentOptions {
  readonly level?: Level;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly failOn?: Level;
}

interface ListOptions {
  readonly level?: Level;
  readonly rule?: string;
  readonly since?: Moment;
  readonly until?: Moment;
  readonly all?: boolean;
  readonly suppressed?: boolean;
  readonly failOn?: Level;
}

export function define(command: Command, act: Act): void {
  const list = command
    .command('list')
    .description('the findings of the lake, oldest first')
    .option('--level <level>', 'only at or above this level', parseLevel)
    .option('--rule <code>', 'only of this rule, as P-03')
    .option(
      '--since <time>',
      'only with something seen at or after this time: ISO 8601, or -24h before now',
      parseMoment,
    )
    .option('--until <time>', 'only with something seen before this time', parseMoment)
    .option('--all', 'also findings that later rows took back')
    .option('--suppressed', 'also findings that the configuration keeps quiet')
    .addOption(failOnOption());
  act<ListOptions>(list, async ({ session, options }) => {
    checkStretch(options, session.effects.clock());
    const reader = await openReader(session.config().data);
    try {
      if (options.rule !== undefined) await requireRule(session, reader.connection, options.rule);
      const { where, values } = filter(options, session.effects.clock());
      await printResult(
        session,
        reader,
        `SELECT substr(id, 1, 12) AS id, level, rule, first_seen, title, entity, account, last_seen${options.all ? ', open' : ''}${options.suppressed ? ', suppression' : ''}
         FROM findings WHERE ${where} ORDER BY first_seen, rule, id`,
        values,
      );
      const rows = await reader.connection.runAndReadAll(
        `SELECT DISTINCT level, open FROM findings WHERE ${where}`,
        values,
      );
      const kept = rows
        .getRowObjects()
        .map(({ level, open }) => ({ level: parseLevel(String(level)), open: open === true }));
      await tellEmptyLake(session, reader.manifest, session.config().data);
      if (!options.suppressed) await tellSuppressed(session, reader.connection, options);
      return failOnCode(options.failOn, kept);
    } finally {
      reader.close();
    }
  });

  const incidents = command
    .command('incidents')
    .description(
      'findings that belong together: of one token, family or network within six hours, or one rule about many',
    )
    .option('--level <level>', 'only at or above this level', parseLevel)
    .option('--since <time>', 'only with something seen at or after this time', parseMoment)
    .option('--until <time>', 'only with something seen before this time', parseMoment)
    .addOption(failOnOption());
  act<IncidentOptions>(incidents, async ({ session, options }) => {
    const now = session.effects.clock();
    checkStretch(options, now);
    const reader = await openReader(session.config().data);
    try {
      const least = levels.indexOf(options.level ?? 'informational');
      const chosen = incidentsOf(await readSnapshotFindings(reader.connection)).filter(
        ({ level, firstSeen, lastSeen }) =>
          levels.indexOf(level) >= least &&
          lastSeen >= (options.since?.(now) ?? firstSeen) &&
          firstSeen < (options.until?.(now) ?? firstSeen + 1n),
      );
      const colour = session.effects.isTTY.stdout;
      const text = chosen.map((incident) =>
        session.json ? jsonLine(incidentRow(incident)) : `${incidentLine(incident, colour)}\n`,
      );
      await write(session.effects.stdout, text.join(''));
      await tellEmptyLake(session, reader.manifest, session.config().data);
      return failOnCode(
        options.failOn,
        chosen.map(({ level }) => ({ level, open: true })),
      );
    } finally {
      reader.close();
    }
  });

  const show = command
    .command('show')
    .argument('<id>', 'the id, or its first digits where no other finding has them')
    .description('one finding: what was seen, what to do, and the statement that shows it again');
  act(show, async ({ session, operands: [id = ''] }) => {
    const reader = await openReader(session.config().data);
    try {
      const found = await reader.connection.runAndReadAll(
        'SELECT * FROM findings WHERE starts_with(id, lower($id)) LIMIT 2',
        { id },
      );
      const [finding, another] = found.getRowObjectsJson();
      if (finding === undefined && id !== '') await refuseIncident(reader.connection, id);
      if (finding === undefined || another !== undefined || id === '') {
        throw new AppError(
          'CONFIG_INVALID',
          `${finding === undefined ? 'There is no' : 'There is more than one'} finding whose id begins with "${id}". \`saswatch findings list\` shows them.`,
        );
      }
      await write(session.effects.stdout, session.json ? jsonLine(withEvidence(finding)) : page(finding));
    } finally {
      reader.close();
    }
  });
}

type Row = Readonly<Record<string, unknown>>;

/** Incidents have ids like findings. @throws AppError CONFIG_INVALID with the findings of the one whose id begins so. */
async function refuseIncident(connection: DuckDBConnection, id: string): Promise<void> {
  const incidents = incidentsOf(await readSnapshotFindings(connection));
  const incident = incidents.find((each) => each.id.startsWith(id.toLowerCase()));
  if (incident === undefined) return;
  const findings = incident.findings.map(({ id, rule }) => `${id.slice(0, 12)} ${rule}`);
  throw new AppError('CONFIG_INVALID', `"${id}" is an incident. Show one of its findings: ${findings.join(', ')}.`);
}

function withEvidence(finding: Row): Row {
  return { ...finding, evidence: JSON.parse(String(finding['evidence'])) };
}

/** No findings of a rule that nobody knows would look like an all-clear. @throws AppError CONFIG_INVALID */
async function requireRule(session: Session, connection: DuckDBConnection, code: string): Promise<void> {
  const told = await connection.runAndReadAll('SELECT DISTINCT rule FROM findings WHERE upper(rule) = upper($code)', {
    code,
  });
  if (told.currentRowCount === 0) ruleNamed(await allDetections(session.config().detect.rules), code);
}

/** @throws AppError CONFIG_INVALID where nothing lies between --since and --until. */
function checkStretch({ since, until }: IncidentOptions, now: Date): void {
  if (since !== undefined && until !== undefined) requireOrder(since(now), until(now));
}

/** Says on stderr what the list leaves out, suppression by suppression. */
async function tellSuppressed(session: Session, connection: DuckDBConnection, options: ListOptions): Promise<void> {
  const { where, values } = filter({ ...options, suppressed: true }, session.effects.clock());
  const left = await connection.runAndReadAll(
    `SELECT suppression, count(*)::INTEGER FROM findings WHERE ${where} AND suppression IS NOT NULL GROUP BY ALL ORDER BY 1`,
    values,
  );
  for (const [name, count] of left.getRows()) {
    const text = `${count} ${count === 1 ? 'finding' : 'findings'} suppressed by "${lineText(String(name))}"; --suppressed shows them\n`;
    await write(session.effects.stderr, text);
  }
}

function filter({ level, rule, since, until, all, suppressed }: ListOptions, now: Date) {
  const values: Record<string, DuckDBValue> = {};
  const parts = [all ? 'true' : 'open', suppressed ? 'true' : 'suppression IS NULL'];
  if (level !== undefined) parts.push(`level IN (${levels.slice(levels.indexOf(level)).map((name) => `'${name}'`)})`);
  if (rule !== undefined) {
    parts.push('upper(rule) = upper($rule)');
    values['rule'] = rule;
  }
  if (since !== undefined) {
    parts.push('last_seen >= $since');
    values['since'] = new DuckDBTimestampValue(since(now));
  }
  if (until !== undefined) {
    parts.push('first_seen < $until');
    values['until'] = new DuckDBTimestampValue(until(now));
  }
  return { where: parts.join(' AND '), values };
}

/** A finding for people, as plain lines. */
function page(finding: Row): string {
  const text = (name: string) => lineText(String(finding[name] ?? ''));
  const evidence = JSON.parse(String(finding['evidence'])) as Row;
  const width = Math.max(...Object.keys(evidence).map((name) => name.length));
  const shown = Object.entries(evidence).map(
    ([name, value]) =>
      `  ${lineText(name).padEnd(width)}  ${lineText(typeof value === 'object' ? JSON.stringify(value) : String(value))}`,
  );
  const lines = (block: string) => block.split('\n').map((line) => `  ${terminalText(line)}`);
  return [
    `${text('level').toUpperCase()}  ${text('rule')}  ${text('title')}`,
    `${text('entity_kind')} ${text('entity')}, account ${text('account')}`,
    ...(finding['suppression'] === null ? [] : [`suppressed by "${text('suppression')}" of the configuration`]),
    `seen ${text('first_seen')} to ${text('last_seen')} UTC${finding['open'] === false ? ', taken back by later rows' : ''}`,
    `id ${text('id')}`,
    '',
    'Evidence',
    ...shown,
    '',
    'What to do',
    ...lines(String(finding['response'])),
    '',
    'Shown again by',
    ...lines(String(finding['sql'])),
    '',
  ].join('\n');
}
