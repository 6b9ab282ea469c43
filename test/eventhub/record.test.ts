import fc from 'fast-check';
import { expect, it } from 'vitest';
import { frameRecord, RECORD_HEADER_BYTES, readRecord, recordLength } from '../../src/eventhub/record.ts';

const fields = fc.record({
  sequenceNumber: fc.maxSafeNat(),
  enqueuedTimeMs: fc.nat({ max: 8_640_000_000_000_000 }),
});
const message = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }).map(Buffer.from), {
  minLength: 1,
  maxLength: 4,
});

it('reads back what was framed, wherever it lies', () => {
  fc.assert(
    fc.property(fields, message, fc.nat(50), (written, parts, before) => {
      const record = Buffer.concat(frameRecord(written, parts));
      const bytes = Buffer.concat([Buffer.alloc(before, 7), record, Buffer.alloc(9, 7)]);
      expect(readRecord(bytes, before)).toEqual({ ...written, length: record.length });
      expect(bytes.subarray(before + RECORD_HEADER_BYTES, before + record.length)).toEqual(Buffer.concat(parts));
    }),
  );
});

it('takes no record that is cut or has one bit changed', () => {
  fc.assert(
    fc.property(fields, message, fc.nat(), fc.nat(7), (written, parts, place, bit) => {
      const record = Buffer.concat(frameRecord(written, parts));
      const at = place % record.length;
      expect(readRecord(record.subarray(0, at), 0)).toBeUndefined();
      record[at]! ^= 1 << bit;
      expect(readRecord(record, 0)).toBeUndefined();
    }),
  );
});

it('sees no record in zeros', () => {
  expect(recordLength(Buffer.alloc(100), 0)).toBeUndefined();
});
