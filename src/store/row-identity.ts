import { type ColumnPolicy, type ColumnSpec, columns } from '../core/columns.ts';

const generosity: Readonly<Record<ColumnPolicy, number>> = { minimal: 0, lean: 1, full: 2 };

/** True if files of policy `a` have kept every column that those of `b` keep. */
export function keepsAllOf(a: ColumnPolicy, b: ColumnPolicy): boolean {
  return generosity[a] >= generosity[b];
}

/** The columns a file of this policy has. */
export function keptColumns(policy: ColumnPolicy): ColumnSpec[] {
  return columns.filter((spec) => keepsAllOf(policy, spec.policy));
}

/** What names a row upstream: the request, the row's place among its rows, and when it was. */
const requestKey = ['correlation_id', 'operation_count', 'operation_name', 'time', 'time_tick'] as const;

/** The columns in which two deliveries of one row are equal: all but where it was read from. */
export function wholeRow(policy: ColumnPolicy): string[] {
  return keptColumns(policy)
    .map(({ name }) => name)
    .filter((name) => name !== 'source_id');
}

/** A way in which rows are told apart. */
export interface Identity {
  /** SQL condition of the rows it is for. */
  readonly where: string;
  /** The columns in which two rows that are the same are equal. */
  readonly by: readonly string[];
  /** Those of them that tell nearly all others apart. */
  readonly hashed: readonly string[];
}

/** The ways in which rows of a file of this policy are told apart; every row has one. */
export function identities(policy: ColumnPolicy): Identity[] {
  const whole = wholeRow(policy);
  if (!keptColumns(policy).some(({ name }) => name === 'correlation_id')) {
    return [{ where: 'true', by: whole, hashed: whole }];
  }
  return [
    { where: 'correlation_id IS NOT NULL', by: requestKey, hashed: ['correlation_id', 'time'] },
    { where: 'correlation_id IS NULL', by: whole, hashed: whole },
  ];
}
