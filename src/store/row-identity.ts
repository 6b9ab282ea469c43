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

/** The ways in which rows of a file of this policy are told apart: a condition and the columns compared under it. */
export function identities(policy: ColumnPolicy): { readonly where: string; readonly by: readonly string[] }[] {
  if (!keptColumns(policy).some(({ name }) => name === 'correlation_id')) {
    return [{ where: 'true', by: wholeRow(policy) }];
  }
  return [
    { where: 'correlation_id IS NOT NULL', by: requestKey },
    { where: 'correlation_id IS NULL', by: wholeRow(policy) },
  ];
}

/** SQL of a number that is the same for rows that are the same; others may share it. */
export function identityHash(policy: ColumnPolicy): string {
  const cases = identities(policy).map(
    ({ where, by }) => `WHEN ${where} THEN hash(${by.map((name) => `"${name}"`).join(', ')})`,
  );
  return `CASE ${cases.join(' ')} END`;
}
