import type { Framing } from '../source.ts';

/** Bytes of a file's head that tell its format. */
export const headBytes = 64 << 10;

/** What the first lines of Azure Monitor storage records hold and other JSON files do not. */
const azureRecord = /"(?:operationName|callerIpAddress|resourceId)"\s*:/;

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** How a log is framed that begins so; null where nothing tells. */
function framingOf(text: string): Framing | null {
  if (/^[12]\.0;/.test(text)) return 'classic';
  if (/^\{\s*"records"\s*:/.test(text)) return 'records';
  return text.startsWith('{') && azureRecord.test(text) ? 'lines' : null;
}

/**
 * Recognises a log by its first bytes, decompressed: NDJSON of Azure Monitor records, `{"records":[…]}` bodies or
 * classic `$logs` lines. Where it begins with something else, as one that was cut in two does, its first line that is whole
 * tells.
 *
 * @returns null where it is none of them; 'empty' where there is nothing but white space.
 */
export function sniffFraming(head: Uint8Array): Framing | 'empty' | null {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length)
    .toString('utf8')
    .replace(/^\uFEFF?\s*/, '');
  if (text === '') return 'empty';
  const framing = framingOf(text);
  if (framing !== null) return framing;
  for (const line of text.split('\n').slice(1)) {
    const later = framingOf(line.trimStart());
    if (later !== null) return later;
  }
  return null;
}
