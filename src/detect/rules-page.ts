import type { Detection } from './detection.ts';

function list(title: string, items: readonly string[]): string {
  return [`**${title}**`, '', ...items.map((item) => `- ${item}`), ''].join('\n');
}

function thresholds({ params }: Detection): string {
  const rows = Object.entries(params).map(
    ([name, { type, default: value, unit = '' }]) => `| \`${name}\` | ${type} | ${value} | ${unit} |`,
  );
  return ['| parameter | type | default | counts |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function section(rule: Detection): string {
  const { code, title, level, kind, entity, status, version, tags, description, file } = rule;
  return [
    `## ${code} ${title}`,
    '',
    `Level ${level}, ${kind}, about ${entity.replace('_', ' ')}s, ${status}, version ${version}. ATT&CK: ${tags.map((tag) => tag.slice('attack.'.length)).join(', ')}.`,
    `Source: [${file}](../src/detect/rules/${file}).`,
    '',
    description,
    '',
    thresholds(rule),
    list('False positives', rule.falsepositives),
    list('Blind spots', rule.blindspots),
    '**Runbook**',
    '',
    rule.runbook.trim(),
    '',
    ...(rule.references.length === 0
      ? []
      : [
          list(
            'References',
            rule.references.map((url) => `<${url}>`),
          ),
        ]),
  ].join('\n');
}

/** The page docs/rules.md: every rule with its thresholds, false positives, blind spots and runbook. */
export function renderRules(rules: readonly Detection[]): string {
  const table = rules.map(
    ({ code, title, level, kind }) => `| [${code}](#${anchor(`${code} ${title}`)}) | ${title} | ${level} | ${kind} |`,
  );
  return [
    '# Rules',
    '',
    'Made from the rule files by `npm run docs`; do not edit. A rule is one `.sql` file with its metadata and tests in the',
    'leading comment. `saswatch detect test` runs the tests of all, or of the rules it names; `--rules DIR` adds rules of your own.',
    '',
    'Rules about tokens read requests authenticated by a SAS; lifecycle jobs and other internal tokens of the storage service',
    'are left out. Times are event times in UTC. Records that upstream delivered twice count once.',
    '',
    '- A **posture** rule judges what a token grants and how it is sent: one finding per token.',
    '- A **window** rule counts within minutes or hours, a **baseline** rule compares with the days before, a **sequence** rule',
    '  follows objects from one operation to the next: one finding per entity and UTC day, so that a live run and a replay',
    '  name their findings alike.',
    '',
    'Rules read five-minute steps (`sas_use`, `account_step`) and days (`token_day`, `family_day`, `account_day`, `key_day`, `suffix_day`) first, and rows of',
    '`storage_log` only of what those made suspicious. A *family* are the tokens of an account that were minted alike.',
    '',
    '| code | finds | level | kind |',
    '|---|---|---|---|',
    ...table,
    '',
    ...rules.map(section),
  ].join('\n');
}

function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
