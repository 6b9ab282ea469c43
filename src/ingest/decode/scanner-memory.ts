import { sortedParameters } from '../../core/sas.ts';
import { classicPaths } from './classic-log.ts';
import { keyKinds, objectPaths, parentOf, type ScannerKey, scannerKeys } from './scanner-keys.ts';
import { scannerLayout, scannerSizes } from './scanner-layout.ts';

const { regions, columns, sas, pages } = scannerLayout;

const stateOf = ({ index }: { readonly index: number }) =>
  regions.dictionaries + scannerSizes.dictionaryStateBytes * index;

/** By how many characters names are told apart in assembly/key.ts. */
const keyHeadLength = 10;

/** Fills one key entry; its form is drawn in assembly/key.ts. */
function writeKey(entry: Buffer, { object, name, kind, spec, child }: ScannerKey, bit: number): void {
  const text = Buffer.from(`"${name}":`);
  if (text.length > 32) throw new RangeError(`the scanner has no room for the long name ${name}`);
  entry.set(text);
  entry.fill(0xff, 32, 32 + text.length);
  entry.set([text.length, name.length, keyKinds.indexOf(kind), object, child], 64);
  entry.writeBigUInt64LE(1n << BigInt(bit), 88);
  const place = columns.find((column) => column.spec === spec);
  if (place === undefined) return;
  entry[69] = place.dictionary?.index ?? place.text?.index ?? 0;
  entry.writeUInt32LE(place.values, 72);
  if (place.dictionary !== null) entry.writeUInt32LE(stateOf(place.dictionary), 76);
  if (place.bit !== null) entry.writeBigUInt64LE(1n << BigInt(place.bit), 80);
}

function writeKeys(memory: Buffer): void {
  // Matches nothing: no name begins with this byte.
  memory.set([1], regions.keys);
  memory.set([0xff], regions.keys + 32);
  const heads = new Set(scannerKeys.map(({ object, name }) => `${object} ${name.slice(0, keyHeadLength)}`));
  if (heads.size < scannerKeys.length) throw new RangeError('the scanner cannot tell two names of an object apart');
  for (const [index, key] of scannerKeys.entries()) {
    // Two names of one field count as one, so that a record with both is left to the host.
    const bit = key.spec === null ? index : scannerKeys.findIndex(({ spec }) => spec === key.spec);
    const at = regions.keys + 128 * (index + 1);
    writeKey(memory.subarray(at, at + 128), key, bit);
  }
}

function writeObjects(memory: Buffer): void {
  for (const [index, path] of objectPaths.entries()) {
    const prefix = path === '' ? '' : `${path}.`;
    const at = regions.objects + 64 * index;
    memory.write(prefix, at);
    memory.set([prefix.length, prefix.split('.').length], at + 62);
  }
}

function writeColumns(memory: Buffer): void {
  for (const [index, { values, width, text }] of columns.entries()) {
    memory.writeUInt32LE(values, regions.columns + 8 * index);
    // Offsets of texts need no clearing.
    memory.writeUInt32LE(text === null ? width : 0, regions.columns + 8 * index + 4);
  }
  for (const { bit, validity } of columns) {
    if (validity !== 0 && bit !== null) memory.writeUInt32LE(validity, regions.bitmaps + 4 * bit);
  }
  for (const { values, dictionary, text } of columns) {
    if (dictionary !== null) {
      const state = stateOf(dictionary);
      memory.writeUInt32LE(dictionary.offsets, state + 16);
      memory.writeUInt32LE(dictionary.bytes, state + 20);
      memory.writeUInt32LE(0xffffffff, state + 28);
      memory.writeUInt32LE(0xffffffff, state + 40);
    }
    if (text === null) continue;
    const state = regions.texts + scannerSizes.textStateBytes * text.index;
    memory.writeUInt32LE(text.bytes, state + 4);
    memory.writeUInt32LE(text.bytesMax - scannerSizes.textRoomBytes, state + 8);
    memory.writeUInt32LE(values, state + 12);
  }
}

/** Names of the query parameters that make a SAS, eight bytes each, the signature's and none at the end. */
function writeSasNames(memory: Buffer): void {
  for (const [index, name] of [...sortedParameters, 'sig'].entries()) {
    if (name.length > 7) throw new RangeError(`the scanner has no room for the long name ${name}`);
    memory.write(name, sas.names + 8 * index);
  }
}

/** The fields of a line of classic logs: under which key each is read; their form is drawn in assembly/classic.ts. */
function writeClassicFields(memory: Buffer): void {
  for (const [index, path] of classicPaths.entries()) {
    const at = regions.classicFields + 32 * index;
    const name = path.slice(path.lastIndexOf('.') + 1);
    const key = scannerKeys.findIndex((known) => known.path === path) + 1;
    if (name.length > 24) throw new RangeError(`the scanner has no room for the long name ${name}`);
    memory.set([key, objectPaths.indexOf(parentOf(path)), name.length], at);
    memory.write(name, at + 8);
  }
}

/** A scanner's memory with its tables in place: keys, objects, columns. It is all there from the start and never grows. */
export function createScannerMemory(): WebAssembly.Memory {
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  const bytes = Buffer.from(memory.buffer);
  writeKeys(bytes);
  writeObjects(bytes);
  writeColumns(bytes);
  writeSasNames(bytes);
  writeClassicFields(bytes);
  return memory;
}
