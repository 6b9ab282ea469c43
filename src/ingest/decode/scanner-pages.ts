import type { PageKernel } from '../../core/page-kernel.ts';
import { scannerLayout } from './scanner-layout.ts';
import type { ScannerExports } from './scanner-module.ts';

const { regions } = scannerLayout;
const { levels, presentRows, distinctValues, distinctCodes, codeMarks, gather, textGather } = regions;

/** The scanner at work for an encoder of its batch; pages lie where texts are gathered while rows are sorted. */
export function scannerPages(scanner: ScannerExports, memory: ArrayBuffer): PageKernel {
  return {
    memory,
    presentRows(validity, rows) {
      const count = scanner.presentRows(validity, rows);
      if (count === rows) return null;
      return { levels: new Uint16Array(memory, levels, rows), rows: new Uint32Array(memory, presentRows, count) };
    },
    gatherPresent(values, width, count) {
      scanner.gatherPresent(values, width, count);
      return gather;
    },
    widen(values, width, count, all) {
      scanner.widen(values, width, count, Number(all));
      return gather;
    },
    distinctValues(values, width, count, most) {
      const length = scanner.distinctValues(values, width, count, most);
      if (length > most) return null;
      return { entries: distinctValues, length, codes: new Uint16Array(memory, distinctCodes, count) };
    },
    packCodes: (codes, count, width) => new Uint8Array(memory, textGather, scanner.packCodes(codes, count, width)),
    markCodes(codes, count) {
      const largest = scanner.markCodes(codes, count);
      return { largest, marks: new Uint8Array(memory, codeMarks, largest + 1) };
    },
    packDeltas(values, width, count) {
      const length = scanner.packDeltas(values, width, count);
      return { bytes: new Uint8Array(memory, textGather, length), repeats: scanner.repeatCount() };
    },
    extremes(values, width, count, signed) {
      const least = scanner.leastAt(values, width, count, Number(signed));
      return [least, scanner.greatestAt()];
    },
    textLengths(offsets, count, bytes, end, utf8) {
      const valid = scanner.textLengths(offsets, count, bytes, end, Number(utf8)) !== 0;
      return valid ? new Uint32Array(memory, regions.textLengths, count) : null;
    },
    presentTexts(offsets, count, bytes, end, utf8) {
      if (scanner.presentTexts(offsets, count, bytes, end, Number(utf8)) === 0) return null;
      return {
        lengths: new Uint32Array(memory, regions.textLengths, count),
        starts: new Int32Array(memory, regions.textStarts, count + 1),
      };
    },
    distinctTexts(offsets, count, bytes, most, oneIn, mostBytes) {
      const length = scanner.distinctTexts(offsets, count, bytes, most, oneIn, mostBytes);
      if (length > most) return null;
      return {
        rows: new Uint32Array(memory, distinctValues, length),
        codes: new Uint16Array(memory, distinctCodes, count),
      };
    },
    plainTexts: (offsets, bytes, rows, count) =>
      new Uint8Array(memory, textGather, scanner.plainTexts(offsets, bytes, rows, count)),
    sharedPrefixes(offsets, count, bytes) {
      const shared = scanner.sharedPrefixes(offsets, count, bytes);
      return {
        prefixes: new Uint32Array(memory, regions.prefixLengths, count),
        suffixes: new Uint32Array(memory, regions.suffixLengths, count),
        shared,
      };
    },
    joinSuffixes: (offsets, suffixes, count, bytes) =>
      new Uint8Array(memory, textGather, scanner.joinSuffixes(offsets, suffixes, count, bytes)),
    textExtremes(offsets, count, bytes) {
      const least = scanner.leastText(offsets, count, bytes);
      return [least, scanner.greatestAt()];
    },
  };
}
