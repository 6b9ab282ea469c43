// Values as codes into those that differ, in the order of their first rows: src/store/parquet/distinct-values.ts does the same.
import { clearSlots, codeIn, putCode } from './distinct-slots';
import { DISTINCT_CODES_AT, DISTINCT_VALUES_AT } from './layout';
import { seed } from './text';

/** Beyond so many, values of which less than every other is a repetition are given up. */
const TRIED: u32 = 1024;

// @ts-ignore: decorator
@inline
function slotOf<T>(at: usize): u32 {
  let bits: u64;
  if (sizeof<T>() == 16) bits = load<u64>(at) ^ load<u64>(at, 8);
  else bits = <u64>load<T>(at);
  bits = (bits ^ seed) * 0x9e3779b97f4a7c15;
  return <u32>(((bits ^ (bits >> 32)) * 0xbf58476d1ce4e5b9) >> 40);
}

// @ts-ignore: decorator
@inline
function same<T>(a: usize, b: usize): bool {
  if (sizeof<T>() == 16) return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8);
  return load<T>(a) == load<T>(b);
}

/** Writes a code for each of the values behind one that equal it, 8 at a time; returns how many these are. */
// @ts-ignore: decorator
@inline
function putRun<T>(at: usize, most: usize, code: u32, codes: usize): usize {
  const value = v128.splat<T>(load<T>(at));
  let done: usize = 0;
  for (let next = at + sizeof<T>(); done + 8 <= most; done += 8, next += 8 * sizeof<T>()) {
    let differ = v128.xor(v128.load(next), value);
    for (let step: usize = 16; step < 8 * sizeof<T>(); step += 16) {
      differ = v128.or(differ, v128.xor(v128.load(next + step), value));
    }
    if (v128.any_true(differ)) break;
    v128.store(codes + (done << 1), i16x8.splat(<i16>code));
  }
  return done;
}

// @ts-ignore: decorator
@inline
function distinct<T>(values: usize, n: usize, most: u32): u32 {
  clearSlots();
  let known: u32 = 0;
  // One more than the code, as 0 is an empty slot.
  let code: u32 = 0;
  for (let i: usize = 0; i < n; i++) {
    const at = values + i * sizeof<T>();
    const codes = DISTINCT_CODES_AT + (i << 1);
    if (i && same<T>(at, at - sizeof<T>())) {
      store<u16>(codes, <u16>(code - 1));
      // Where one follows, more may.
      if (sizeof<T>() < 16) i += putRun<T>(at, n - i - 1, code - 1, codes + 2);
      continue;
    }
    let slot = slotOf<T>(at);
    for (;;) {
      code = codeIn(slot);
      if (code == 0 || same<T>(DISTINCT_VALUES_AT + <usize>(code - 1) * sizeof<T>(), at)) break;
      slot++;
    }
    if (code == 0) {
      if (known == most || (known >= TRIED && <usize>known << 1 > i)) return most + 1;
      store<T>(DISTINCT_VALUES_AT + <usize>known * sizeof<T>(), load<T>(at));
      code = ++known;
      putCode(slot, code);
    }
    store<u16>(codes, <u16>(code - 1));
  }
  return known;
}

/** Codes of values of 4, 8 or 16 bytes; returns how many differ, `most` + 1 if it is not worth the while. */
export function distinctValues(values: usize, width: usize, n: usize, most: u32): u32 {
  switch (<u32>width) {
    case 4:
      return distinct<u32>(values, n, most);
    case 8:
      return distinct<u64>(values, n, most);
    default:
      return distinct<v128>(values, n, most);
  }
}
