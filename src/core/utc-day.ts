export const dayMicros = 86_400_000_000n;

/** Start of the UTC day a time lies in; both in UTC microseconds. */
export function startOfDay(micros: bigint): bigint {
  return micros - (((micros % dayMicros) + dayMicros) % dayMicros);
}
