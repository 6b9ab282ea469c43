/** A message that does not follow the AMQP type system; its sender gets it back as `amqp:decode-error`. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

const FIXED_WIDTHS: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/**
 * The position behind the AMQP value at `at`, whose content is not looked at.
 *
 * The high half of the type code says how long a value is: 4 to 9 are fixed widths, A, C and E carry a one-byte
 * size, B, D and F a four-byte size; 0 is a descriptor followed by the described value.
 *
 * @throws MalformedMessage if the type is unknown or the value passes the end of `bytes`.
 * @see http://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-types-v1.0-os.html#section-encodings
 */
export function skipValue(bytes: Buffer, at: number): number {
  const code = byteAt(bytes, at);
  if (code === 0) return skipValue(bytes, skipValue(bytes, at + 1));
  const kind = code >> 4;
  const fixed = FIXED_WIDTHS[kind];
  let end: number;
  if (fixed !== undefined) end = at + 1 + fixed;
  else if (kind === 0xa || kind === 0xc || kind === 0xe) end = at + 2 + byteAt(bytes, at + 1);
  else if (kind === 0xb || kind === 0xd || kind === 0xf) end = at + 5 + uint32At(bytes, at + 1);
  else throw new MalformedMessage(`type code 0x${code.toString(16)} at byte ${at} is not an AMQP type`);
  if (end > bytes.length) throw new MalformedMessage(`value at byte ${at} passes the end of the message`);
  return end;
}

/** The bytes of the binary, string or symbol at `at` (a view), or `undefined` if it is of another type. */
export function variableBytes(bytes: Buffer, at: number): Buffer | undefined {
  const code = byteAt(bytes, at);
  if (code === 0xa0 || code === 0xa1 || code === 0xa3) return bytes.subarray(at + 2, skipValue(bytes, at));
  if (code === 0xb0 || code === 0xb1 || code === 0xb3) return bytes.subarray(at + 5, skipValue(bytes, at));
  return undefined;
}

/** One key and value of an AMQP map, as positions in the message. */
export interface MapEntry {
  readonly key: string | undefined;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** The entries of the map at `at`. Keys that are neither string nor symbol come back as `undefined`. */
export function readMap(bytes: Buffer, at: number): MapEntry[] {
  const code = byteAt(bytes, at);
  if (code !== 0xc1 && code !== 0xd1) throw new MalformedMessage(`expected a map at byte ${at}`);
  const end = skipValue(bytes, at);
  const entries: MapEntry[] = [];
  for (let start = at + (code === 0xc1 ? 3 : 9); start < end; ) {
    const valueStart = skipValue(bytes, start);
    const entryEnd = skipValue(bytes, valueStart);
    entries.push({ key: variableBytes(bytes, start)?.toString(), start, valueStart, end: entryEnd });
    start = entryEnd;
  }
  return entries;
}

export function byteAt(bytes: Buffer, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw new MalformedMessage(`message ends at byte ${bytes.length}, inside a value`);
  return value;
}

function uint32At(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw new MalformedMessage(`message ends at byte ${bytes.length}, inside a size`);
  return bytes.readUInt32BE(at);
}
