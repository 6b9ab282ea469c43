import { byteAt, MalformedMessage, skipValue } from './amqp-value.ts';

/** Descriptor codes of the sections of a message, in the order in which they must appear. */
export const sectionCode = {
  header: 0x70,
  deliveryAnnotations: 0x71,
  messageAnnotations: 0x72,
  data: 0x75,
} as const;

/** One section of a message, as positions: `start` at its descriptor, `valueStart` at the described value. */
export interface Section {
  readonly code: number;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/**
 * Finds the sections of an encoded message without decoding what is in them.
 *
 * ```
 * 00 53 code value            descriptor as small ulong
 * 00 80 00..00 code value     descriptor as ulong
 * ```
 * @throws MalformedMessage if the bytes are not a run of described values.
 */
export function readSections(message: Buffer): Section[] {
  const sections: Section[] = [];
  for (let start = 0; start < message.length; ) {
    if (byteAt(message, start) !== 0) throw new MalformedMessage(`no section starts at byte ${start}`);
    const valueStart = skipValue(message, start + 1);
    const end = skipValue(message, valueStart);
    sections.push({ code: descriptorCode(message, start + 1), start, valueStart, end });
    start = end;
  }
  return sections;
}

function descriptorCode(message: Buffer, at: number): number {
  const type = byteAt(message, at);
  if (type === 0x53) return byteAt(message, at + 1);
  if (type === 0x80) return Number(message.readBigUInt64BE(at + 1));
  throw new MalformedMessage(`section descriptor at byte ${at} is not a number`);
}
