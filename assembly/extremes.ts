// Which of some values is the least and which the greatest: src/store/parquet/fixed-extremes.ts does the same.

export class Extremes {
  static least: usize = 0;
  static greatest: usize = 0;
}

export function greatestAt(): usize {
  return Extremes.greatest;
}

// @ts-ignore: decorator
@inline
function extremes<T>(values: usize, n: usize): usize {
  let low = load<T>(values);
  let high = low;
  Extremes.least = 0;
  Extremes.greatest = 0;
  for (let i: usize = 1; i < n; i++) {
    const value = load<T>(values + i * sizeof<T>());
    if (value < low) {
      low = value;
      Extremes.least = i;
    }
    if (value > high) {
      high = value;
      Extremes.greatest = i;
    }
  }
  return Extremes.least;
}

// @ts-ignore: decorator
@inline
function precedes128(a: usize, b: usize): bool {
  const x = bswap(load<u64>(a));
  const y = bswap(load<u64>(b));
  return x == y ? bswap(load<u64>(a, 8)) < bswap(load<u64>(b, 8)) : x < y;
}

function extremes128(values: usize, n: usize): usize {
  Extremes.least = 0;
  Extremes.greatest = 0;
  for (let i: usize = 1; i < n; i++) {
    if (precedes128(values + (i << 4), values + (Extremes.least << 4))) Extremes.least = i;
    else if (precedes128(values + (Extremes.greatest << 4), values + (i << 4))) Extremes.greatest = i;
  }
  return Extremes.least;
}

/** Where the least of integers of 4 or 8 bytes, or strings of 16, stands; `greatestAt` says where the greatest does. */
export function leastAt(values: usize, width: usize, n: usize, signed: bool): usize {
  switch (<u32>width) {
    case 4:
      return signed ? extremes<i32>(values, n) : extremes<u32>(values, n);
    case 8:
      return signed ? extremes<i64>(values, n) : extremes<u64>(values, n);
    default:
      return extremes128(values, n);
  }
}
