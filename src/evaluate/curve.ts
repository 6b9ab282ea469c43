import type { DuckDBConnection } from '@duckdb/node-api';
import type { Detection } from '../detect/detection.ts';
import type { ParameterValues } from '../detect/parameter.ts';
import { runDetection } from '../detect/run.ts';
import { type Alarm, alarmOf } from './alarm.ts';
import type { EvaluationInput } from './evaluation.ts';
import { detects, isAbout, tacticName } from './match.ts';
import { type PublishedRule, runPublished } from './published.ts';
import { type Finds, ownTimes, score } from './score.ts';
import type { Incident, Truth } from './truth-file.ts';

/** What a rule does with one value of its threshold. */
interface CurvePoint {
  readonly value: number;
  readonly findings: number;
  readonly precision: number | null;
  readonly recall: number | null;
}

/** Precision and recall of one rule over values of one of its parameters, all others at their defaults. */
export interface Curve {
  readonly rule: string;
  readonly parameter: string;
  readonly unit: string;
  readonly default: number;
  readonly points: readonly CurvePoint[];
}

type Parameters = Detection['params'];

/** What the default is multiplied by. */
const factors = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8];
/** Names of parameters that are a rule's threshold, the likeliest first; else its first number is. */
const thresholdNames = ['threshold', 'objects_min'];

/** The parameter a curve is drawn over; null for a rule without numbers. */
function thresholdOf(params: Parameters): { name: string; value: number; unit: string; whole: boolean } | null {
  const numbers = Object.entries(params).filter(([, { type }]) => type !== 'interval');
  const named = thresholdNames.flatMap((wanted) => numbers.filter(([name]) => name === wanted));
  const [chosen] = [...named, ...numbers];
  if (chosen === undefined) return null;
  const [name, { default: value, unit = '', type }] = chosen;
  return typeof value === 'number' ? { name, value, unit, whole: type === 'integer' } : null;
}

interface Subject {
  readonly rule: string;
  readonly params: Parameters;
  /** The incidents it is held to find, and what counts as finding. */
  readonly held: readonly Incident[];
  readonly finds: Finds;
  readonly run: (values: ParameterValues) => Promise<readonly Alarm[]>;
}

async function curveOf({ rule, params, held, finds, run }: Subject, truth: Truth): Promise<Curve | null> {
  const threshold = thresholdOf(params);
  if (threshold === null || held.length === 0) return null;
  const { name, value, unit, whole } = threshold;
  const values = factors.map((factor) => (whole ? Math.max(1, Math.round(value * factor)) : value * factor));
  const points: CurvePoint[] = [];
  for (const each of new Set(values)) {
    const { findings, precision, recall } = score(await run({ [name]: each }), truth, held, ownTimes, finds);
    points.push({ value: each, findings, precision, recall });
  }
  return { rule, parameter: name, unit, default: value, points };
}

function ofDetection(connection: DuckDBConnection, truth: Truth, rule: Detection): Subject {
  const range = { since: truth.period_start, until: truth.period_end };
  return {
    rule: rule.code,
    params: rule.params,
    held: truth.incidents.filter(({ rules }) => rules.includes(rule.code)),
    finds: isAbout,
    run: async (values) => (await runDetection(connection, rule, range, values)).map(alarmOf),
  };
}

function ofPublished(connection: DuckDBConnection, truth: Truth, rule: PublishedRule): Subject {
  const range = { since: truth.period_start, until: truth.period_end };
  return {
    rule: rule.name,
    params: rule.params,
    held: truth.incidents.filter(({ tactic }) => rule.tactics.includes(tacticName(tactic))),
    finds: detects,
    run: (values) => runPublished(connection, rule, range, values),
  };
}

/** Curves of every rule that has a number for a threshold and an incident to find: ours, then the published. */
export async function thresholdCurves({ connection, truth, rules, published }: EvaluationInput): Promise<Curve[]> {
  const subjects = [
    ...rules.map((rule) => ofDetection(connection, truth, rule)),
    ...published.map((rule) => ofPublished(connection, truth, rule)),
  ];
  const curves: Curve[] = [];
  for (const subject of subjects) {
    const curve = await curveOf(subject, truth);
    if (curve !== null) curves.push(curve);
  }
  return curves;
}
