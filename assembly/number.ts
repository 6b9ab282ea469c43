// Numbers and addresses from text, eight or sixteen characters at a time. A parser that is not sure returns 0 for the
// position.

/** What the last parser read. */
export let integer: u64 = 0;
export let float: f64 = 0;
export let address: u32 = 0;

// @ts-ignore: decorator
@inline
export function digit(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}

/** Number of digits the eight bytes begin with. */
// @ts-ignore: decorator
@inline
function digitsOf(word: u64): u32 {
  const value = word ^ 0x3030303030303030;
  // The high bit of each byte that is over 9; what a carry adds lies above the first of them.
  const other = (value | (value + 0x7676767676767676)) & 0x8080808080808080;
  return <u32>ctz(other) >> 3;
}

/** Value of the first `n` of eight characters, which are digits; n is 1 to 8. */
// @ts-ignore: decorator
@inline
function valueOf(word: u64, n: u32): u64 {
  let value = (word ^ 0x3030303030303030) << (64 - (n << 3));
  value = (value * 10 + (value >> 8)) & 0x00ff00ff00ff00ff;
  value = (value * 100 + (value >> 16)) & 0x0000ffff0000ffff;
  return (value * 10_000 + (value >> 32)) & 0xffffffff;
}

/** Reads digits into `integer`; returns their number, of which 16 stands for more than 15. */
// @ts-ignore: decorator
@inline
function readDigits(p: usize): u32 {
  const first = load<u64>(p);
  const n = digitsOf(first);
  if (n == 0) return 0;
  integer = valueOf(first, n);
  if (n < 8) return n;
  const second = load<u64>(p, 8);
  const m = digitsOf(second);
  if (m == 8) return 16;
  for (let i: u32 = 0; i < m; i++) integer *= 10;
  if (m) integer += valueOf(second, m);
  return 8 + m;
}

/** A whole number of at most seven digits with the end of the member behind it. */
// @ts-ignore: decorator
@inline
export function readShort(p: usize): usize {
  const word = load<u64>(p);
  const n = digitsOf(word);
  if (n - 1 > 6) return 0;
  const c = <u32>(word >> (n << 3)) & 0xff;
  if (c != 44) if (c != 125) return 0;
  if ((<u32>word & 0xff) == 48) if (n > 1) return 0;
  integer = valueOf(word, n);
  return p + n;
}

/** A whole number of at most 15 digits, so that it is exact as a double too; nothing with a fraction or exponent. */
export function readInteger(p: usize): usize {
  const n = readDigits(p);
  if (n == 0 || n > 15 || (n > 1 && load<u8>(p) == 48)) return 0;
  const c = <u32>load<u8>(p + n);
  return c == 46 || (c | 0x20) == 101 ? 0 : p + n;
}

const powers: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** A number of at most 15 digits without exponent: both parts of the quotient are exact, so the double is right. */
export function readFloat(p: usize): usize {
  const whole = readDigits(p);
  if (whole == 0 || whole > 15 || (whole > 1 && load<u8>(p) == 48)) return 0;
  p += whole;
  let value = <f64>integer;
  if (load<u8>(p) == 46) {
    const decimals = readDigits(p + 1);
    if (decimals == 0 || whole + decimals > 15) return 0;
    const power = unchecked(powers[<i32>decimals]);
    value = (value * power + <f64>integer) / power;
    p += 1 + decimals;
  }
  if (((<u32>load<u8>(p)) | 0x20) == 101) return 0;
  float = value;
  return p;
}

/** The one to three digits from `at` up to `end`, over 255 for anything else that is no octet. */
// @ts-ignore: decorator
@inline
function octet(at: usize, end: usize): u32 {
  const n = <u32>(end - at);
  if (n - 1 > 2 || (n > 1 && load<u8>(at) == 48)) return 256;
  return <u32>valueOf(load<u32>(at), n);
}

/** Dotted IPv4 without leading zeros. */
export function readIpv4(p: usize): usize {
  const v = v128.load(p);
  const values = i8x16.sub(v, i8x16.splat(48));
  let dots = <u32>i8x16.bitmask(i8x16.eq(v, i8x16.splat(46)));
  const other = (<u32>i8x16.bitmask(i8x16.gt_u(values, i8x16.splat(9)))) & ~dots;
  const end = ctz(other | 0x10000);
  dots &= (1 << end) - 1;
  if (popcnt(dots) != 3) return 0;
  const first = p + ctz(dots);
  dots &= dots - 1;
  const second = p + ctz(dots);
  const third = p + ctz(dots & (dots - 1));
  const a = octet(p, first);
  const b = octet(first + 1, second);
  const c = octet(second + 1, third);
  const d = octet(third + 1, p + end);
  if ((a | b | c | d) > 255) return 0;
  address = (a << 24) | (b << 16) | (c << 8) | d;
  return p + end;
}

/** One to five digits up to 65535. */
export function readPort(p: usize): usize {
  const n = readDigits(p);
  return n - 1 > 4 || integer > 65535 ? 0 : p + n;
}
