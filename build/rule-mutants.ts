import type { Detection } from '../src/detect/detection.ts';
import { conditionMutants } from './rule-conditions.ts';

/** A rule with one thing about it changed. */
export interface RuleMutant {
  readonly what: string;
  readonly rule: Detection;
  /** Why the rule says that it finds the same; null if a test has to notice. */
  readonly spare: string | null;
}

const intervalPattern = /^(\d+) (.+)$/;
const finer: Readonly<Record<string, readonly [number, string]>> = {
  minute: [60, 'seconds'],
  hour: [60, 'minutes'],
  day: [24, 'hours'],
  year: [12, 'months'],
};

/** A parameter's default halved and doubled. */
function shifted(value: string | number, type: 'integer' | 'number' | 'interval'): (string | number)[] {
  if (typeof value === 'string') {
    const [, count = '0', unit = ''] = intervalPattern.exec(value) ?? [];
    const [factor, name] = finer[unit.replace(/s$/, '')] ?? [1, unit];
    const whole = Number(count) * factor;
    return [Math.floor(whole / 2), whole * 2].map((number) => `${number} ${name}`);
  }
  if (type === 'number') return [value / 2, value * 2];
  // What asks for one asks for any: none is no other limit.
  return [Math.floor(value / 2), value * 2].filter((number) => number >= 1);
}

function parameterMutants(rule: Detection): RuleMutant[] {
  return Object.entries(rule.params).flatMap(([name, parameter]) =>
    shifted(parameter.default, parameter.type).map((value) => ({
      what: `${name}: ${parameter.default} -> ${value}`,
      rule: { ...rule, params: { ...rule.params, [name]: { ...parameter, default: value } } } as Detection,
      spare: null,
    })),
  );
}

/** Every parameter of a rule halved and doubled, every condition left out, one at a time. */
export function mutantsOf(rule: Detection): RuleMutant[] {
  const conditions = conditionMutants(rule.sql).map(({ sql, ...mutant }) => ({ ...mutant, rule: { ...rule, sql } }));
  return [...parameterMutants(rule), ...conditions];
}
