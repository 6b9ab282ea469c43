/** Where a consumer wants to start, as the SDKs write it into the source filter of its link. */
export type Selector =
  | { readonly by: 'offset' | 'sequenceNumber' | 'enqueuedTimeMs'; readonly value: number; readonly inclusive: boolean }
  | { readonly by: 'end' };

const FIELDS = { offset: 'offset', 'sequence-number': 'sequenceNumber', 'enqueued-time': 'enqueuedTimeMs' } as const;

const GRAMMAR =
  /^\s*amqp\.annotation\.x-opt-(offset|sequence-number|enqueued-time)\s*(>=?)\s*'(-?\d{1,16}|@latest)'\s*$/;

/**
 * Reads `amqp.annotation.x-opt-<field> > 'value'` (or `>=`). Offset `-1` is before the first event, `@latest`
 * behind the last.
 *
 * @returns `undefined` if the text is anything else.
 */
export function parseSelector(text: string): Selector | undefined {
  const [, field, operator, value] = GRAMMAR.exec(text) ?? [];
  if (value === '@latest') return field === 'offset' ? { by: 'end' } : undefined;
  if (field !== 'offset' && field !== 'sequence-number' && field !== 'enqueued-time') return undefined;
  return { by: FIELDS[field], value: Number(value), inclusive: operator === '>=' };
}
