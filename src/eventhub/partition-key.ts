/**
 * The partition of events with this key. Follows the service: Jenkins' lookup3 over the UTF-8 bytes, folded to 16
 * bits, so that a key lands where it would in Azure.
 *
 * @see https://www.burtleburtle.net/bob/c/lookup3.c
 */
export function partitionOfKey(key: string, partitions: number): number {
  const { b, c } = lookup3(Buffer.from(key));
  const folded = ((b ^ c) << 16) >> 16;
  return Math.abs(folded % partitions);
}

function lookup3(bytes: Buffer): { b: number; c: number } {
  const words = new Uint32Array(3).fill(0xdeadbeef + bytes.length);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    addWords(words, bytes.subarray(at, at + 12));
    mix(words);
  }
  if (at < bytes.length) {
    addWords(words, bytes.subarray(at));
    finish(words);
  }
  const [, b = 0, c = 0] = words;
  return { b, c };
}

function addWords(words: Uint32Array, block: Buffer): void {
  const padded = Buffer.alloc(12);
  block.copy(padded);
  for (let word = 0; word < 3; word += 1) words[word] = (words[word] ?? 0) + padded.readUInt32LE(4 * word);
}

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function mix(words: Uint32Array): void {
  let [a = 0, b = 0, c = 0] = words;
  const step = (x: number, y: number, bits: number): number => (x - y) ^ rotate(y, bits);
  a = step(a, c, 4);
  c += b;
  b = step(b, a, 6);
  a += c;
  c = step(c, b, 8);
  b += a;
  a = step(a, c, 16);
  c += b;
  b = step(b, a, 19);
  a += c;
  c = step(c, b, 4);
  b += a;
  words.set([a, b, c]);
}

function finish(words: Uint32Array): void {
  let [a = 0, b = 0, c = 0] = words;
  const step = (x: number, y: number, bits: number): number => (x ^ y) - rotate(y, bits);
  c = step(c, b, 14);
  a = step(a, c, 11);
  b = step(b, a, 25);
  c = step(c, b, 16);
  a = step(a, c, 4);
  b = step(b, a, 14);
  c = step(c, b, 24);
  words.set([a, b, c]);
}
