import { limits } from '../../core/limits.ts';
import { sasParameters } from '../../core/sas.ts';
import { sasTimes } from '../../store/sas-table.ts';
import { type MemoryPlan, slackBytes } from './memory-plan.ts';

const rowsMax = 1 << 17;
const columnBytesMax = 6 << 20;
const columnCount = sasParameters.length + sasTimes.length;

/** Numbers of the SAS columns that both sides of the WASM boundary share; runs of one kind stand side by side. */
export const sasSizes = {
  parameterCount: sasParameters.length,
  /** New sets of a batch; some belong to records that were given up. */
  rowsMax,
  /** Texts of one parameter. */
  columnBytesMax,
  /** The longest value: that of the longest record, grown by redaction. */
  valueBytesMax: 2 << 20,
  metMax: limits.cacheEntriesMax,
  metSlots: 2 * limits.cacheEntriesMax,
  offsetsBytes: 4 * (rowsMax + 1),
  columnBytes: columnBytesMax + slackBytes,
  timeBytes: 8 * rowsMax,
  bitmapBytes: rowsMax / 8,
  /** One parameter of the set being read, drawn in assembly/sas-set.ts. */
  setBytes: 16,
} as const;

/** Where the SAS being read and the new ones of the batch lie in the scanner's memory. All addresses are bytes. */
export function planSas(memory: MemoryPlan) {
  const parameters = sasParameters.length;
  return {
    names: memory.take(8 * (parameters + 2)),
    nameSlots: memory.take(128),
    set: memory.take(sasSizes.setBytes * parameters),
    values: memory.take(8 << 10),
    lines: memory.take(16 << 10),
    met: memory.take(8 * sasSizes.metSlots),
    ids: memory.take(8 * rowsMax),
    kinds: memory.take(2 * rowsMax),
    times: memory.take(sasSizes.timeBytes * sasTimes.length),
    offsets: memory.take(sasSizes.offsetsBytes * parameters),
    columns: memory.take(sasSizes.columnBytes * parameters),
    bitmaps: memory.take(sasSizes.bitmapBytes * columnCount),
    counts: memory.take(4 * columnCount),
  };
}
