/** SQL of the start of the stretch of so many microseconds that a time lies in, UTC microseconds: `//` would round times before 1970 up. */
export function startOfStretch(time: string, micros: number | bigint): string {
  return `(epoch_us(${time}) - (epoch_us(${time}) % ${micros} + ${micros}) % ${micros})`;
}
