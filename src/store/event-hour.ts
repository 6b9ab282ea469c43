export const hourMicros = 3_600_000_000n;

/** Start of the hour a time lies in, UTC microseconds. */
export function hourOf(micros: bigint): bigint {
  return micros - (((micros % hourMicros) + hourMicros) % hourMicros);
}
