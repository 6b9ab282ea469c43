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
  const { code, title, level, kind, status, version, tags, description, file } = rule;
  return [
    `## ${code} ${title}`,
    '',
    `Level ${level}, ${kind}, ${status}, version ${version}. ATT&CK: ${tags.map((tag) => tag.slice('attack.'.length)).join(', ')}.`,
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
    'leading comment. `saswatch detect test` runs the tests, `--rules DIR` adds rules of your own.',
    '',
    'Every rule reads successful requests authenticated by a SAS only; lifecycle jobs and other internal tokens of the',
    'storage service are left out. Times are event times in UTC. A posture rule makes one finding per token, the others one',
    'per token and UTC day, so that a live run and a replay name their findings alike.',
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
