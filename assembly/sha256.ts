// SHA-256 (FIPS 180-4), of which only the beginning is wanted.

const ROUNDS: usize = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
], 16);

/** What each round adds of the block. */
const schedule = memory.data(256, 16);

let h0: u32 = 0;
let h1: u32 = 0;
let h2: u32 = 0;
let h3: u32 = 0;
let h4: u32 = 0;
let h5: u32 = 0;
let h6: u32 = 0;
let h7: u32 = 0;

// @ts-ignore: decorator
@inline
function rotated(v: v128, bits: i32): v128 {
  return v128.or(i32x4.shr_u(v, bits), i32x4.shl(v, 32 - bits));
}

/** What two words of the schedule, in the first two lanes, add to those after the next. */
// @ts-ignore: decorator
@inline
function late(v: v128): v128 {
  return v128.xor(v128.xor(rotated(v, 17), rotated(v, 19)), i32x4.shr_u(v, 10));
}

/** The four words that follow from the sixteen before them. */
// @ts-ignore: decorator
@inline
function following(a: v128, b: v128, c: v128, d: v128): v128 {
  const second = v128.shuffle<u32>(a, b, 1, 2, 3, 4);
  const early = v128.xor(v128.xor(rotated(second, 7), rotated(second, 18)), i32x4.shr_u(second, 3));
  const sum = i32x4.add(i32x4.add(a, early), v128.shuffle<u32>(c, d, 1, 2, 3, 4));
  const none = i32x4.splat(0);
  // The last two words follow from the first two.
  const half = i32x4.add(sum, v128.shuffle<u32>(late(v128.shuffle<u32>(d, d, 2, 3, 2, 3)), none, 0, 1, 4, 4));
  return i32x4.add(half, v128.shuffle<u32>(late(half), none, 4, 4, 0, 1));
}

// @ts-ignore: decorator
@inline
function keep(words: v128, i: usize): void {
  v128.store(schedule + i, i32x4.add(words, v128.load(ROUNDS + i)));
}

// @ts-ignore: decorator
@inline
function words(p: usize): v128 {
  return i8x16.swizzle(v128.load(p), i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
}

/** The schedule of the block at `p`, with the constants of the rounds. */
function spread(p: usize): void {
  let a = words(p);
  let b = words(p + 16);
  let c = words(p + 32);
  let d = words(p + 48);
  for (let i: usize = 0; ; i += 64) {
    keep(a, i);
    keep(b, i + 16);
    keep(c, i + 32);
    keep(d, i + 48);
    if (i == 192) return;
    a = following(a, b, c, d);
    b = following(b, c, d, a);
    c = following(c, d, a, b);
    d = following(d, a, b, c);
  }
}

/** What a round adds to the fourth and the last word. */
// @ts-ignore: decorator
@inline
function choose(e: u32, f: u32, g: u32, i: usize): u32 {
  const sum = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
  return sum + (g ^ (e & (f ^ g))) + load<u32>(schedule + i);
}

/** What a round adds to the last word besides. */
// @ts-ignore: decorator
@inline
function majority(a: u32, b: u32, c: u32): u32 {
  return (rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22)) + ((a & b) | (c & (a | b)));
}

/** Takes in the 64 bytes at `p`. Eight rounds a step, after which the words are where they were. */
function compress(p: usize): void {
  spread(p);
  let a = h0;
  let b = h1;
  let c = h2;
  let d = h3;
  let e = h4;
  let f = h5;
  let g = h6;
  let h = h7;
  for (let i: usize = 0; i < 256; i += 32) {
    h += choose(e, f, g, i); d += h; h += majority(a, b, c);
    g += choose(d, e, f, i + 4); c += g; g += majority(h, a, b);
    f += choose(c, d, e, i + 8); b += f; f += majority(g, h, a);
    e += choose(b, c, d, i + 12); a += e; e += majority(f, g, h);
    d += choose(a, b, c, i + 16); h += d; d += majority(e, f, g);
    c += choose(h, a, b, i + 20); g += c; c += majority(d, e, f);
    b += choose(g, h, a, i + 24); f += b; b += majority(c, d, e);
    a += choose(f, g, h, i + 28); e += a; a += majority(b, c, d);
  }
  h0 += a;
  h1 += b;
  h2 += c;
  h3 += d;
  h4 += e;
  h5 += f;
  h6 += g;
  h7 += h;
}

/** `contentId` of core/position.ts: the first 64 bits over the `n` bytes at `p`. Up to 72 bytes behind them are overwritten. */
export function contentId(p: usize, n: usize): u64 {
  h0 = 0x6a09e667;
  h1 = 0xbb67ae85;
  h2 = 0x3c6ef372;
  h3 = 0xa54ff53a;
  h4 = 0x510e527f;
  h5 = 0x9b05688c;
  h6 = 0x1f83d9ab;
  h7 = 0x5be0cd19;
  // One bit, then zeros up to the last eight bytes of a block, which hold the length in bits.
  const end = p + ((n + 72) & ~63);
  store<u8>(p + n, 0x80);
  memory.fill(p + n + 1, 0, end - (p + n + 1));
  store<u64>(end - 8, bswap<u64>(<u64>n << 3));
  for (; p < end; p += 64) compress(p);
  return ((<u64>h0) << 32) | h1;
}
