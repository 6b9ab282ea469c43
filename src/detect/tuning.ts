import type { Config } from '../core/config.ts';
import { AppError, errorClause } from '../core/errors.ts';
import type { Detection } from './detection.ts';
import { bindParameters, type ParameterValues } from './parameter.ts';

/** Values of the configuration for parameters of rules, by the rule's code. */
export type Tuning = ReadonlyMap<string, ParameterValues>;

/**
 * Checks the parameters that the configuration sets.
 *
 * @throws AppError CONFIG_INVALID for a rule or a parameter that does not exist, or a value that does not fit it.
 */
export function tuningOf(parameters: Config['detect']['parameters'], rules: readonly Detection[]): Tuning {
  const tuning = new Map<string, ParameterValues>();
  for (const { rule: code, set } of parameters) {
    const rule = rules.find((each) => each.code === code);
    const invalid = (problem: string) => new AppError('CONFIG_INVALID', `detect.parameters: ${problem}.`);
    if (rule === undefined) throw invalid(`there is no rule ${code}; \`saswatch detect list\` shows them`);
    const unknown = Object.keys(set).find((name) => !(name in rule.params));
    if (unknown !== undefined) {
      const known = Object.keys(rule.params).join(', ') || 'no parameters';
      throw invalid(`${code} has no parameter ${unknown}; it has ${known}`);
    }
    try {
      bindParameters(rule, { since: 0n, until: 0n }, set);
    } catch (error) {
      throw invalid(`${code}: ${errorClause(error)}`);
    }
    tuning.set(code, { ...tuning.get(code), ...set });
  }
  return tuning;
}
