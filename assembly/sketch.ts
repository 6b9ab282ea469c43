// The hash of sketches, as src/store/sketch.ts has it: FNV-1a, then murmur3's finaliser.
import { SKETCH_BITS, SKETCH_BYTES } from './layout';
import { textBytes, textOffsets } from './row';

const BASIS: u32 = 0x811c9dc5;

// @ts-ignore: decorator
@inline
function step(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * 0x01000193;
}

// @ts-ignore: decorator
@inline
function finish(hash: u32): u32 {
  hash = (hash ^ (hash >> 16)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 13)) * 0xc2b2ae35;
  return hash ^ (hash >> 16);
}

function hashOn(hash: u32, p: usize, end: usize): u32 {
  for (; p < end; p++) hash = step(hash, load<u8>(p));
  return finish(hash);
}

/** Writes the hash of each text of the column to `u32[rows]`: four at a time, as every step waits for the one before it. */
export function hashTexts(t: u32, rows: usize, to: usize): void {
  const bytes = textBytes(t);
  let at = textOffsets(t);
  let row: usize = 0;
  for (; row + 4 <= rows; row += 4, at += 16, to += 16) {
    const p0 = bytes + load<u32>(at);
    const p1 = bytes + load<u32>(at, 4);
    const p2 = bytes + load<u32>(at, 8);
    const p3 = bytes + load<u32>(at, 12);
    const p4 = bytes + load<u32>(at, 16);
    const shortest = min(min(p1 - p0, p2 - p1), min(p3 - p2, p4 - p3));
    let h0 = BASIS;
    let h1 = BASIS;
    let h2 = BASIS;
    let h3 = BASIS;
    for (let i: usize = 0; i < shortest; i++) {
      h0 = step(h0, load<u8>(p0 + i));
      h1 = step(h1, load<u8>(p1 + i));
      h2 = step(h2, load<u8>(p2 + i));
      h3 = step(h3, load<u8>(p3 + i));
    }
    store<u32>(to, hashOn(h0, p0 + shortest, p1));
    store<u32>(to, hashOn(h1, p1 + shortest, p2), 4);
    store<u32>(to, hashOn(h2, p2 + shortest, p3), 8);
    store<u32>(to, hashOn(h3, p3 + shortest, p4), 12);
  }
  for (; row < rows; row++, at += 4, to += 4) {
    store<u32>(to, hashOn(BASIS, bytes + load<u32>(at), bytes + load<u32>(at, 4)));
  }
}

function decimal(hash: u32, octet: u32): u32 {
  if (octet >= 100) hash = step(hash, 48 + octet / 100);
  if (octet >= 10) hash = step(hash, 48 + ((octet / 10) % 10));
  return step(hash, 48 + (octet % 10));
}

/** The three octets of an address's network, each with its dot, which the hashes of both begin with. */
export function hashOctets(address: u32): u32 {
  let hash = step(decimal(BASIS, address >> 24), 46);
  hash = step(decimal(hash, (address >> 16) & 255), 46);
  return step(decimal(hash, (address >> 8) & 255), 46);
}

/** Hash of the dotted text of an IPv4 address. */
export function hashAddress(octets: u32, address: u32): u32 {
  return finish(decimal(octets, address & 255));
}

/** Hash of its network, as in `192.0.2.0/24`. */
export function hashNetwork(octets: u32): u32 {
  return finish(step(step(step(step(octets, 48), 47), 50), 52));
}

/** For so few bytes, `memory.fill` takes longer to be called than to fill them. */
export function clearSketch(bitmap: usize): void {
  for (let at: usize = 0; at < SKETCH_BYTES; at += 16) v128.store(bitmap + at, i8x16.splat(0));
}

/** Sets a hash's bit in a bitmap: bit k is bit 7 - k % 8 of byte k / 8. */
export function setBit(bitmap: usize, hash: u32): void {
  const bit = hash & (SKETCH_BITS - 1);
  const at = bitmap + (bit >> 3);
  store<u8>(at, <u32>load<u8>(at) | (0x80 >> (bit & 7)));
}
