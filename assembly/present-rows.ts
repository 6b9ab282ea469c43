// The rows that have a value in a column, and their values one behind the other.
import { GATHER_AT, LEVELS_AT, PRESENT_ROWS_AT } from './layout';

function allPresent(validity: usize, rows: usize): bool {
  let row: usize = 0;
  for (; row + 64 <= rows; row += 64) if (~load<u64>(validity + (row >> 3))) return false;
  const rest = rows - row;
  return rest == 0 || ~load<u64>(validity + (row >> 3)) << (64 - rest) == 0;
}

/** Writes a level a row and the numbers of the rows whose bit is set, unless all are; returns how many these are. */
export function presentRows(validity: usize, rows: usize): usize {
  if (allPresent(validity, rows)) return rows;
  let n: usize = 0;
  for (let from: usize = 0; from < rows; from += 8) {
    const bits = <u32>load<u8>(validity + (from >> 3));
    const levels = LEVELS_AT + (from << 1);
    // Rows are sorted by token, and what one of its requests has, the next one mostly has too.
    if (bits == 0 && from + 8 <= rows) {
      v128.store(levels, i16x8.splat(0));
    } else if (bits == 0xff && from + 8 <= rows) {
      const at = PRESENT_ROWS_AT + (n << 2);
      v128.store(levels, i16x8.splat(1));
      v128.store(at, i32x4.add(i32x4.splat(<i32>from), i32x4(0, 1, 2, 3)));
      v128.store(at, i32x4.add(i32x4.splat(<i32>from), i32x4(4, 5, 6, 7)), 16);
      n += 8;
    } else {
      const end = min(from + 8, rows);
      for (let row = from; row < end; row++) {
        const level = (<usize>bits >> (row & 7)) & 1;
        store<u16>(LEVELS_AT + (row << 1), <u16>level);
        store<u32>(PRESENT_ROWS_AT + (n << 2), <u32>row);
        n += level;
      }
    }
  }
  return n;
}

// @ts-ignore: decorator
@inline
function present(i: usize): usize {
  return <usize>load<u32>(PRESENT_ROWS_AT + (i << 2));
}

/** Writes the values of the first `n` of these rows. */
export function gatherPresent(values: usize, width: usize, n: usize): void {
  switch (<u32>width) {
    case 2:
      for (let i: usize = 0; i < n; i++) store<u16>(GATHER_AT + (i << 1), load<u16>(values + (present(i) << 1)));
      break;
    case 4:
      for (let i: usize = 0; i < n; i++) store<u32>(GATHER_AT + (i << 2), load<u32>(values + (present(i) << 2)));
      break;
    case 8:
      for (let i: usize = 0; i < n; i++) store<u64>(GATHER_AT + (i << 3), load<u64>(values + (present(i) << 3)));
      break;
    case 16:
      for (let i: usize = 0; i < n; i++) v128.store(GATHER_AT + (i << 4), v128.load(values + (present(i) << 4)));
      break;
    default:
      unreachable();
  }
}

/** Writes values of one or two bytes as 32 bits: of the first `n` of these rows, or of the first `n` of all. */
export function widen(values: usize, width: usize, n: usize, all: bool): void {
  for (let i: usize = 0; i < n; i++) {
    const row = all ? i : present(i);
    const value = width == 1 ? <u32>load<u8>(values + row) : <u32>load<u16>(values + (row << 1));
    store<u32>(GATHER_AT + (i << 2), value);
  }
}
