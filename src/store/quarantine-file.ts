import { limits } from '../core/limits.ts';
import { redact } from '../core/redaction.ts';
import type { QuarantineRecord } from './commit.ts';
import { textOf } from './table.ts';

/** Bytes as text if they are UTF-8, else base64; without signatures, which latin1 finds in bytes of any encoding. */
function contentOf(bytes: Uint8Array): { text: string } | { base64: string } {
  const redacted = Buffer.from(redact(Buffer.from(bytes).toString('latin1')), 'latin1');
  try {
    return { text: textOf(redacted) };
  } catch {
    return { base64: redacted.toString('base64') };
  }
}

/** The quarantine file of a commit: one JSON object a line, with the place, the reason and the bytes kept. */
export function quarantineLines(records: readonly QuarantineRecord[]): string {
  return records
    .map(({ source, partition, offset, start, end, reason, bytes }) => {
      const kept = bytes.subarray(0, limits.quarantineRecordBytesMax);
      const place = { source, partition, offset: String(offset), start, end, length: end - start };
      return `${JSON.stringify({ ...place, reason: redact(reason), ...contentOf(kept) })}\n`;
    })
    .join('');
}
