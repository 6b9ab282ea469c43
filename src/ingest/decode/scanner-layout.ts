import { valueBytes } from '../../core/batch.ts';
import { type ColumnSpec, columns } from '../../core/columns.ts';
import { limits } from '../../core/limits.ts';
import { sasKinds, sortedParameters } from '../../core/sas.ts';
import { distinctEntriesMax } from '../../store/parquet/distinct-values.ts';
import { bucketMicros, suffixBytesMax, suffixesDiffer } from '../../store/rollup-columns.ts';
import { sketchBits, sketchBytes } from '../../store/sketch.ts';
import { classicPaths } from './classic-log.ts';
import { MemoryPlan, slackBytes } from './memory-plan.ts';
import { counterColumns, groupKeyBytes, planRollup } from './rollup-layout.ts';
import { planSas, sasSizes } from './sas-layout.ts';
import { keyKinds, objectPaths, scannerKeys } from './scanner-keys.ts';

/** Where a column lies in the scanner's memory. All addresses are bytes. */
export interface ColumnPlace {
  readonly spec: ColumnSpec;
  /** Values, dictionary codes or text offsets: one per row (offsets: one more). */
  readonly values: number;
  readonly width: number;
  /** Bit of the row's mask of values: from the lowest on, or from the highest down where a row must have one; null for others. */
  readonly bit: number | null;
  /** Arrow bitmap, one bit a row; 0 for a column that is never null. */
  readonly validity: number;
  readonly dictionary: DictionaryPlace | null;
  readonly text: TextPlace | null;
}

interface DictionaryPlace {
  readonly index: number;
  /** `i32[valuesMax + 1]`. */
  readonly offsets: number;
  readonly bytes: number;
}

interface TextPlace {
  readonly index: number;
  readonly bytes: number;
  readonly bytesMax: number;
}

const kib = 1 << 10;
const mib = 1 << 20;

/** Numbers both sides of the WASM boundary share. */
export const scannerSizes = {
  rowsMax: limits.segmentRowsMax,
  recordBytesMax: limits.recordBytesMax,
  /** Input in WASM memory at a time: small, so that it stays in the processor's cache. Longer records are the host's. */
  windowBytes: 256 * kib,
  /** Zero bytes behind the input. */
  slackBytes,
  dictionaryValuesMax: limits.dictionaryEntriesMax,
  dictionaryBytesMax: limits.dictionaryBytesMax,
  dictionarySlots: 1 << 17,
  dictionaryStateBytes: 64,
  /** Spellings a dictionary remembers that are not the value itself: with escapes, or a signature. */
  spellingsMax: 1 << 15,
  spellingBytesMax: 4 * mib,
  textStateBytes: 32,
  /** Bits of a slot in the table of an object's names: for 25 names, one factor of some ten makes them all differ. */
  keyBits: 7,
  /** What a text column must have left before a record is begun: the longest record, grown by redaction. */
  textRoomBytes: 4 * mib,
  distinctSlots: 2 * distinctEntriesMax,
  memoSlots: 1 << 16,
  memoBytesMax: 8 * mib,
  unknownFieldsMax: 64,
} as const;

/** Bytes a text column may hold in one batch, where 122,880 rows of long texts need more than the usual. */
const textBytesMax: Readonly<Record<string, number>> = { object_key: 128 * mib, uri: 128 * mib, extra: 128 * mib };
const usualTextBytesMax = 32 * mib;

const dictionaryCount = columns.filter(({ type }) => type === 'dictionary').length;
const bitmapCount = columns.filter(({ required }) => !required).length;

/** Slots, entries and spellings of one dictionary, in the order of assembly/dictionary.ts. */
const dictionaryIndexBytes =
  4 * scannerSizes.dictionarySlots +
  16 * (scannerSizes.dictionaryValuesMax + scannerSizes.spellingsMax) +
  scannerSizes.spellingBytesMax +
  scannerSizes.slackBytes;

function planRegions(memory: MemoryPlan) {
  const { dictionaryValuesMax, memoSlots, memoBytesMax, recordBytesMax, rowsMax } = scannerSizes;
  return {
    keys: memory.take(128 * (scannerKeys.length + 1)),
    firstKeys: memory.take(4 * objectPaths.length),
    keySlots: memory.take((4 << scannerSizes.keyBits) * objectPaths.length),
    objects: memory.take(64 * objectPaths.length),
    columns: memory.take(8 * columns.length),
    bitmaps: memory.take(4 * bitmapCount),
    texts: memory.take(scannerSizes.textStateBytes * columns.length),
    dictionaries: memory.take(scannerSizes.dictionaryStateBytes * dictionaryCount),
    unknowns: memory.take(32 * scannerSizes.unknownFieldsMax),
    networkClasses: memory.take(2 << 16),
    addressClasses: memory.take(2 * dictionaryValuesMax),
    categories: memory.take(2 * dictionaryValuesMax),
    operationClasses: memory.take(8 * dictionaryValuesMax),
    authTypes: memory.take(8 * (dictionaryValuesMax + 1)),
    queries: memory.take(8 * dictionaryValuesMax),
    hosts: memory.take(16 * dictionaryValuesMax),
    classicFields: memory.take(32 * classicPaths.length),
    /** A line whose every byte needs an escape, and quotes around its fields. */
    classicLine: memory.take(2 * scannerSizes.windowBytes + 4 * kib),
    window: memory.take(scannerSizes.windowBytes),
    /** What a source reads into, where it reads into the scanner's memory. */
    input: memory.take(limits.readBytes),
    scratch: memory.take(6 * recordBytesMax),
    uriScratch: memory.take(recordBytesMax),
    answer: memory.take(scannerSizes.textRoomBytes - mib),
    present: memory.take(8 * rowsMax),
    sasSlots: memory.take(4 * memoSlots),
    sasEntries: memory.take(32 * memoSlots),
    sasBytes: memory.take(memoBytesMax),
    dictionaryIndexes: memory.take(dictionaryCount * dictionaryIndexBytes),
    orderKeys: memory.take(2 * 8 * rowsMax),
    orderRows: memory.take(2 * 4 * rowsMax),
    gather: memory.take(16 * rowsMax),
    levels: memory.take(2 * rowsMax),
    presentRows: memory.take(4 * (rowsMax + 1)),
    textStarts: memory.take(4 * (rowsMax + 1)),
    textLengths: memory.take(4 * rowsMax),
    prefixLengths: memory.take(4 * rowsMax),
    suffixLengths: memory.take(4 * rowsMax),
    distinctSlots: memory.take(4 * scannerSizes.distinctSlots),
    distinctValues: memory.take(16 * distinctEntriesMax),
    distinctCodes: memory.take(2 * rowsMax),
    codeMarks: memory.take(1 << 16),
    textGather: memory.take(Math.max(usualTextBytesMax, ...Object.values(textBytesMax))),
  };
}

/** A column that no row lacks: texts and times have to be given, numbers are 0 where they are not. */
const isGiven = ({ required, type }: ColumnSpec) => required && (type === 'dictionary' || type === 'timestamp');

function planColumns(memory: MemoryPlan): ColumnPlace[] {
  const { rowsMax, dictionaryValuesMax, dictionaryBytesMax } = scannerSizes;
  let present = 0;
  let given = 63;
  let dictionaries = 0;
  let texts = 0;
  return columns.map((spec: ColumnSpec) => {
    const width = valueBytes[spec.type];
    const bytesMax = textBytesMax[spec.name] ?? usualTextBytesMax;
    return {
      spec,
      width,
      values: memory.take(width * (rowsMax + 1)),
      bit: isGiven(spec) ? given-- : spec.required ? null : present++,
      validity: spec.required ? 0 : memory.take(rowsMax / 8),
      dictionary:
        spec.type === 'dictionary'
          ? {
              index: dictionaries++,
              offsets: memory.take(4 * (dictionaryValuesMax + 1)),
              bytes: memory.take(dictionaryBytesMax),
            }
          : null,
      text: spec.type === 'utf8' ? { index: texts++, bytes: memory.take(bytesMax), bytesMax } : null,
    };
  });
}

function plan() {
  const memory = new MemoryPlan();
  const regions = planRegions(memory);
  const places = planColumns(memory);
  const rollup = planRollup(memory, scannerSizes.rowsMax, scannerSizes.dictionaryValuesMax);
  const sas = planSas(memory);
  if (places.filter(({ bit }) => bit !== null).length > 64 || scannerKeys.length > 64)
    throw new RangeError('the scanner has 64 bits for columns and keys');
  return { regions, columns: places, rollup, sas, pages: memory.pages };
}

/**
 * The map of the scanner's memory, made from `columns`. The memory never grows, so views on it stay valid; pages that
 * nobody touched cost nothing.
 */
export const scannerLayout = plan();

function constant(name: string, value: number, type = 'u32'): string {
  return `export const ${name.replace(/[A-Z]/g, (c) => `_${c}`).toUpperCase()}: ${type} = ${value};`;
}

function columnConstants({ spec, values, bit, dictionary, text }: ColumnPlace): string[] {
  return [
    constant(spec.name, values, 'usize'),
    ...(bit === null ? [] : [constant(`${spec.name}_${spec.required ? 'given' : 'bit'}`, bit, 'u64')]),
    ...(dictionary === null ? [] : [constant(`${spec.name}_dict`, dictionary.index)]),
    ...(text === null ? [] : [constant(`${spec.name}_text`, text.index)]),
  ];
}

/**
 * The layout as the AssemblyScript module `layout`, for the build. `TIME` is the address of a column's values,
 * `CALLER_IP_BIT` its presence bit (`TIME_GIVEN` if it is never null), `CATEGORY_DICT` the index of its dictionary,
 * `URI_TEXT` that of its text, `ROLLUP_N_AT` the address of a column of the rollup, `ROLLUP_TOKEN_VALIDITY_AT` that of its
 * bitmap, `SKETCH_IP_PLACES_AT` that of the places of bits, `TRAIT_IS_HTTP_AT` that of a table of traits, `SAS_SV` the place of
 * a SAS parameter in the order of names.
 */
export function layoutSource(): string {
  const textCount = scannerLayout.columns.filter(({ text }) => text !== null).length;
  return [
    ...Object.entries(scannerSizes).map(([name, value]) => constant(name, value)),
    ...Object.entries(scannerLayout.regions).map(([name, at]) => constant(`${name}At`, at, 'usize')),
    ...Object.entries(scannerLayout.rollup.regions).map(([name, at]) => constant(`rollup_${name}At`, at, 'usize')),
    ...Object.entries(scannerLayout.rollup.columns).map(([name, at]) => constant(`rollup_${name}At`, at, 'usize')),
    ...Object.entries(scannerLayout.rollup.validity).map(([n, at]) => constant(`rollup_${n}ValidityAt`, at, 'usize')),
    ...Object.entries(scannerLayout.rollup.sketches).flatMap(([sketch, places]) =>
      Object.entries(places).map(([name, at]) => constant(`sketch_${sketch}_${name}At`, at, 'usize')),
    ),
    ...Object.entries(scannerLayout.rollup.traits).map(([name, at]) => constant(`trait_${name}At`, at, 'usize')),
    ...Object.entries(scannerLayout.sas).map(([name, at]) => constant(`sas_${name}At`, at, 'usize')),
    ...Object.entries(sasSizes).map(([name, value]) => constant(`sas_${name}`, value, 'usize')),
    ...sortedParameters.map((name, place) => constant(`sas_${name}`, place)),
    ...sasKinds.map((kind, index) => constant(`sasKind_${kind}`, index)),
    constant('rollupSlots', scannerLayout.rollup.slots),
    constant('rollupKeyBytes', groupKeyBytes, 'usize'),
    constant('rollupCounters', counterColumns.length, 'usize'),
    constant('rollupCounterBytes', scannerLayout.rollup.counterBytes, 'usize'),
    constant('bucketMicros', bucketMicros, 'i64'),
    constant('sketchBits', sketchBits),
    constant('sketchBytes', sketchBytes, 'usize'),
    constant('suffixBytesMax', suffixBytesMax, 'usize'),
    constant('suffixesDiffer', suffixesDiffer, 'u8'),
    ...keyKinds.map((kind, index) => constant(`kind_${kind}`, index)),
    constant('dictionaryIndexBytes', dictionaryIndexBytes, 'usize'),
    constant('dictionaryCount', dictionaryCount),
    constant('textCount', textCount),
    constant('bitmapCount', bitmapCount, 'usize'),
    constant('columnCount', columns.length, 'usize'),
    constant('keyCount', scannerKeys.length),
    constant('objectCount', objectPaths.length),
    constant('authorizationKey', 1 + scannerKeys.findIndex(({ path }) => path === 'identity.authorization')),
    constant('classicUriField', classicPaths.indexOf('uri')),
    ...scannerLayout.columns.flatMap(columnConstants),
    '',
  ].join('\n');
}
