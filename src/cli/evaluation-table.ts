import type { Evaluation } from '../evaluate/evaluation.ts';
import type { Score } from '../evaluate/score.ts';
import type { Cell, CellKind, QueryResult } from '../query/cell.ts';

/** One table of an evaluation, for the terminal, an HTML page or Markdown. */
export interface EvaluationTable {
  readonly title: string;
  readonly columns: readonly { readonly name: string; readonly kind: CellKind }[];
  readonly rows: readonly (readonly Cell[])[];
}

const text = (name: string) => ({ name, kind: 'text' as const });
const number = (name: string) => ({ name, kind: 'number' as const });

const round = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toFixed(digits));

const scoreColumns = [
  number('findings'),
  number('right'),
  number('precision'),
  number('incidents'),
  number('detected'),
  number('recall'),
  number('per day/100'),
  number('min to alert'),
];

const scoreCells = (score: Score): Cell[] => [
  score.findings,
  score.right,
  round(score.precision, 2),
  score.incidents,
  score.detected,
  round(score.recall, 2),
  round(score.findings_per_day_per_100_accounts, 1),
  score.median_seconds_to_alert === null ? null : round(score.median_seconds_to_alert / 60, 1),
];

/** Minutes as people read them. */
const minutes = (seconds: number | null): number | null => (seconds === null ? null : round(seconds / 60, 1));

/** An evaluation as tables: by tactic, by rule, beside the published rules, by incident. */
export function evaluationTables({ rules, tactics, published, incidents }: Evaluation): EvaluationTable[] {
  return [
    {
      title: 'By tactic; posture, which repeats what tokens grant, apart',
      columns: [text('tactic'), ...scoreColumns],
      rows: tactics.map((score) => [score.tactic, ...scoreCells(score)]),
    },
    {
      title: 'By rule, on the incidents that name it',
      columns: [text('rule'), ...scoreColumns, text('title')],
      rows: rules.map((score) => [score.rule, ...scoreCells(score), score.title]),
    },
    {
      title:
        'Published rules on the incidents of their tactics; behind them all rules of ours of those tactics, at their level and above',
      columns: [text('rule'), text('tactics'), ...scoreColumns, number('our precision'), number('our recall')],
      rows: published.map((score) => [
        score.rule,
        score.tactics.join(' '),
        ...scoreCells(score),
        round(score.ours.precision, 2),
        round(score.ours.recall, 2),
      ]),
    },
    {
      title: 'By incident',
      columns: [
        text('incident'),
        text('tactic'),
        number('min to alert'),
        text('detected by'),
        text('missed by'),
        text('published'),
      ],
      rows: incidents.map((each) => [
        each.incident,
        each.tactic,
        minutes(each.seconds_to_alert),
        each.detected_by.join(' '),
        each.missed_by.join(' '),
        each.published.join(', '),
      ]),
    },
  ];
}

/** A table as the renderers take it. */
export function tableResult({ columns, rows }: EvaluationTable): QueryResult {
  async function* batches() {
    yield rows;
  }
  return {
    columns: columns.map(({ name, kind }) => ({ name, kind, type: kind === 'text' ? 'VARCHAR' : 'DOUBLE' })),
    batches: batches(),
    truncated: () => false,
  };
}
