import { limits } from '../core/limits.ts';
import { redact, signatureMark } from '../core/redaction.ts';
import type { QuarantineRecord } from './commit.ts';
import { textOf } from './table.ts';

/**
 * Base64 of a dozen characters or more up to its padding or the end of the bytes: what a torn record may show of a
 * signature whose name is cut off, or hidden behind a JSON escape as `\u0026sig`, which nobody has parsed here.
 */
const nakedSignature = /(?:[A-Za-z0-9+/]|%2[BF]){12,}(?:=|%3D|$)/gi;

/** Bytes as text if they are UTF-8, else base64; without signatures, which latin1 finds in bytes of any encoding. */
function contentOf(bytes: Uint8Array): { text: string } | { base64: string } {
  const text = redact(Buffer.from(bytes).toString('latin1')).replace(nakedSignature, signatureMark);
  const redacted = Buffer.from(text, 'latin1');
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
