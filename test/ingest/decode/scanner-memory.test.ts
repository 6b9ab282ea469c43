import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Batch } from '../../../src/core/batch.ts';
import { limits } from '../../../src/core/limits.ts';
import { ScannerDecoder } from '../../../src/ingest/decode/scanner.ts';
import { scannerModule } from '../../../src/ingest/decode/scanner-module.ts';
import { recordWith } from './records.ts';

/** 10,000,000 for a long run; the smallest that fills every dictionary and the memory of SAS several times. */
const rows = Number(process.env['SCANNER_MEMORY_ROWS'] ?? 200_000);
const rowsPerInput = 125;
/** What the process may take and give back beside the heap between two looks at it. */
const slackBytes = 64 << 20;
/**
 * Live JavaScript heap with every cache of the reference decoder full, which reads what the scanner leaves: the largest
 * remembers 65,536 queries, some 110 MB where each has a SAS of its own, and is then emptied. Reached after millions of rows.
 */
const heapBytesMax = 192 << 20;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Records in which whatever a client can choose is different in every one; each fourth has a SAS of its own. */
function hostile(id: number): string {
  const sas = `sv=2021-06-08&ss=b&srt=sco&sp=rl&se=2051-10-06T00:00:00.${id % 4 === 0 ? id : 1}Z&sig=XXXXX`;
  return recordWith(
    {
      operationName: `Get${id}`,
      operationVersion: `v${id}`,
      statusText: `text ${id}`,
      callerIpAddress: `2001:db8::${(id >> 16).toString(16)}:${(id & 0xffff).toString(16)}`,
      identity: { type: `SAS${id}`, tokenHash: `hash ${id}`, requester: { upn: `u${id}@x.example`, appId: `a${id}` } },
      uri: `https://acct.blob.core.windows.net/models/a.ckpt?${sas}&nonce=${id}`,
    },
    {
      userAgentHeader: `agent\\/${id} ${'x'.repeat(100)}`,
      referrerHeader: `https://r${id}.example/?sig=s${id}`,
      clientRequestId: `request ${id}`,
      etag: id % 50 === 0 ? `odd ${id}` : '"0x8DA1"',
      [`unknown${id}`]: { id },
    },
  );
}

/** The memory behind a batch, and how full its dictionaries are. */
function look({ columns }: Batch) {
  const buffers = new Set<ArrayBuffer>();
  let entries = 0;
  let bytes = 0;
  for (const column of columns) {
    if (column.layout === 'fixed') buffers.add(column.values.buffer);
    else if (column.layout === 'utf8') buffers.add(column.bytes.buffer);
    else {
      buffers.add(column.dictionary.bytes.buffer).add(column.codes.buffer);
      entries = Math.max(entries, column.dictionary.length);
      bytes = Math.max(bytes, column.dictionary.offsets[column.dictionary.length] ?? 0);
    }
  }
  return { buffers, entries, bytes };
}

it('takes no more memory however many different texts it meets', { timeout: 1_200_000 + rows }, () => {
  const decoder = new ScannerDecoder(scannerModule()!);
  const seen = new Set<ArrayBuffer>();
  const outsideHeap: number[] = [];
  const inHeap: number[] = [];
  let batches = 0;
  let decoded = 0;
  const endBatch = () => {
    const { buffers, entries, bytes } = look(decoder.batch());
    for (const buffer of buffers) seen.add(buffer);
    expect(entries).toBeLessThanOrEqual(limits.dictionaryEntriesMax);
    expect(bytes).toBeLessThanOrEqual(limits.dictionaryBytesMax);
    decoder.newSas();
    decoder.reset();
    batches += 1;
    collectGarbage();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    outsideHeap.push(rss - heapTotal);
    inHeap.push(heapUsed);
  };
  for (let id = 0; id < rows; ) {
    const input = Buffer.from(Array.from({ length: rowsPerInput }, () => hostile(id++)).join('\n'));
    for (let at = 0; at < input.length; ) {
      const { rows: taken, consumed } = decoder.decode(input, 'lines', 1n, at);
      decoded += taken;
      at = consumed;
      if (at < input.length) endBatch();
    }
  }
  expect(decoded).toBe(rows);
  expect(batches).toBeGreaterThan(rows / limits.dictionaryEntriesMax - 1);
  // One memory that never grew, of which no more is resident once every part has been touched.
  expect(seen.size).toBe(1);
  expect(outsideHeap.at(-1)!).toBeLessThan(outsideHeap[1]! + slackBytes);
  expect(Math.max(...inHeap)).toBeLessThan(heapBytesMax);
});
