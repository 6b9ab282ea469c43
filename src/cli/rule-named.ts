import { AppError } from '../core/errors.ts';

/** The rule of a code, in any case. @throws AppError CONFIG_INVALID with the codes there are. */
export function ruleNamed<Rule extends { readonly code: string }>(rules: readonly Rule[], code: string): Rule {
  const rule = rules.find((candidate) => candidate.code.toUpperCase() === code.toUpperCase());
  if (rule !== undefined) return rule;
  throw new AppError(
    'CONFIG_INVALID',
    `There is no rule ${code}; there are ${rules.map((each) => each.code).join(', ')}.`,
  );
}
