// Numbers and addresses from text. A parser that is not sure returns 0 for the position.

/** What the last parser read. */
export let integer: u64 = 0;
export let float: f64 = 0;
export let address: u32 = 0;

// @ts-ignore: decorator
@inline
export function digit(p: usize): u32 {
  return <u32>load<u8>(p) - 48;
}

/** A whole number of at most 15 digits, so that it is exact as a double too; nothing with a fraction or exponent. */
export function readInteger(p: usize): usize {
  const start = p;
  let value: u64 = 0;
  for (let d = digit(p); d < 10; d = digit(p)) {
    value = value * 10 + d;
    p++;
  }
  const n = p - start;
  if (n == 0 || n > 15 || (n > 1 && load<u8>(start) == 48)) return 0;
  const c = <u32>load<u8>(p);
  if (c == 46 || (c | 0x20) == 101) return 0;
  integer = value;
  return p;
}

const powers: StaticArray<f64> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** A number of at most 15 digits without exponent: both parts of the quotient are exact, so the double is right. */
export function readFloat(p: usize): usize {
  const start = p;
  let value: u64 = 0;
  for (let d = digit(p); d < 10; d = digit(p)) {
    value = value * 10 + d;
    p++;
  }
  const whole = p - start;
  if (whole == 0 || whole > 15 || (whole > 1 && load<u8>(start) == 48)) return 0;
  let decimals: usize = 0;
  if (load<u8>(p) == 46) {
    const point = ++p;
    for (let d = digit(p); d < 10; d = digit(p)) {
      value = value * 10 + d;
      p++;
    }
    decimals = p - point;
    if (decimals == 0 || whole + decimals > 15) return 0;
  }
  if (((<u32>load<u8>(p)) | 0x20) == 101) return 0;
  float = <f64>value / unchecked(powers[<i32>decimals]);
  return p;
}

/** Dotted IPv4 without leading zeros. */
export function readIpv4(p: usize): usize {
  let value: u32 = 0;
  for (let part = 0; part < 4; part++) {
    if (part && load<u8>(p++) != 46) return 0;
    const start = p;
    let octet: u32 = 0;
    for (let d = digit(p); d < 10; d = digit(p)) {
      octet = octet * 10 + d;
      if (++p - start > 3) return 0;
    }
    if (p == start || octet > 255 || (p - start > 1 && load<u8>(start) == 48)) return 0;
    value = (value << 8) | octet;
  }
  address = value;
  return p;
}

/** One to five digits up to 65535. */
export function readPort(p: usize): usize {
  const start = p;
  let value: u64 = 0;
  for (let d = digit(p); d < 10; d = digit(p)) {
    value = value * 10 + d;
    if (++p - start > 5) return 0;
  }
  if (p == start || value > 65535) return 0;
  integer = value;
  return p;
}
