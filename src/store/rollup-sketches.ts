import type { Batch, DictionaryColumn } from '../core/batch.ts';
import { ipv4NetworkText, ipv4Text } from './network.ts';
import type { RowGroups } from './rollup-groups.ts';
import { placesOf } from './rollup-places.ts';
import { type RollupTraits, wordBits } from './rollup-traits.ts';
import { setSketchBit, sketchBytes, sketchHash } from './sketch.ts';
import { dictionaryColumn, fixedColumn, isValid, utf8Column } from './table.ts';

const scratch = new Uint8Array(32);

function asciiHash(text: string): number {
  for (let i = 0; i < text.length; i++) scratch[i] = text.charCodeAt(i);
  return sketchHash(scratch, 0, text.length);
}

const cacheBits = 13;

/** Hashes of IPv4 addresses and of their networks; the few that most rows share are hashed once. */
class Ipv4Hashes {
  readonly #addresses = new Uint32Array(1 << cacheBits);
  readonly #filled = new Uint8Array(1 << cacheBits);
  readonly addressHashes = new Uint32Array(1 << cacheBits);
  readonly networkHashes = new Uint32Array(1 << cacheBits);

  /** Where the hashes of an address stand until the next call. */
  slotOf(address: number): number {
    const slot = Math.imul(address, 0x9e3779b1) >>> (32 - cacheBits);
    if (this.#filled[slot] === 0 || this.#addresses[slot] !== address) {
      this.#filled[slot] = 1;
      this.#addresses[slot] = address;
      this.addressHashes[slot] = asciiHash(ipv4Text(address));
      this.networkHashes[slot] = asciiHash(ipv4NetworkText(address));
    }
    return slot;
  }
}

function addressSketches(batch: Batch, { count, groupOf }: RowGroups, counted: Uint8Array, traits: RollupTraits) {
  const addressBits = new Uint8Array(count * sketchBytes);
  const networkBits = new Uint8Array(count * sketchBytes);
  const ipv4 = fixedColumn(batch, 'caller_ipv4');
  const text = dictionaryColumn(batch, 'caller_ip');
  const hashes = new Ipv4Hashes();
  for (let row = 0; row < batch.rows; row++) {
    if (counted[row] === 0) continue;
    const start = (groupOf[row] ?? 0) * sketchBytes;
    if (isValid(ipv4.validity, row)) {
      const slot = hashes.slotOf(Number(ipv4.values[row]));
      setSketchBit(addressBits, start, hashes.addressHashes[slot] ?? 0);
      setSketchBit(networkBits, start, hashes.networkHashes[slot] ?? 0);
    } else if (isValid(text.validity, row)) {
      const code = text.codes[row] ?? 0;
      setSketchBit(addressBits, start, traits.addressBit[code] ?? 0);
      setSketchBit(networkBits, start, traits.networkBit[code] ?? 0);
    }
  }
  return { addressBits, networkBits };
}

function objectSketches(batch: Batch, { count, groupOf }: RowGroups, counted: Uint8Array): Uint8Array<ArrayBuffer> {
  const bits = new Uint8Array(count * sketchBytes);
  const { validity, bytes, offsets } = utf8Column(batch, 'object_key');
  for (let row = 0; row < batch.rows; row++) {
    if (counted[row] === 0 || !isValid(validity, row)) continue;
    setSketchBit(bits, (groupOf[row] ?? 0) * sketchBytes, sketchHash(bytes, offsets[row] ?? 0, offsets[row + 1] ?? 0));
  }
  return bits;
}

/** 64 bits a group: those of the entries its rows have. */
function wordSketches(
  batch: Batch,
  column: DictionaryColumn,
  bits: Uint8Array,
  { count, groupOf }: RowGroups,
  counted: Uint8Array,
) {
  const words = new Uint32Array(count * (wordBits / 32));
  for (let row = 0; row < batch.rows; row++) {
    if (counted[row] === 0 || !isValid(column.validity, row)) continue;
    const bit = bits[column.codes[row] ?? 0] ?? 0;
    const word = (groupOf[row] ?? 0) * (wordBits / 32) + (bit >> 5);
    words[word] = (words[word] ?? 0) | (1 << (bit & 31));
  }
  return new BigUint64Array(words.buffer);
}

/** Which addresses, networks and objects each group met, as bitmaps of hashes. */
export function rollupSketches(batch: Batch, groups: RowGroups, counted: Uint8Array, traits: RollupTraits) {
  const { addressBits, networkBits } = addressSketches(batch, groups, counted, traits);
  return {
    ip: placesOf(addressBits),
    network: placesOf(networkBits),
    object: placesOf(objectSketches(batch, groups, counted)),
  };
}

/** The same of containers and tools, in one word. */
export function rollupWords(batch: Batch, groups: RowGroups, counted: Uint8Array, traits: RollupTraits) {
  const wordsOf = (name: 'container' | 'user_agent', bits: Uint8Array) =>
    wordSketches(batch, dictionaryColumn(batch, name), bits, groups, counted);
  return {
    container_bits: wordsOf('container', traits.containerBit),
    agent_bits: wordsOf('user_agent', traits.toolBit),
  };
}
