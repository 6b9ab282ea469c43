import type { Decoder } from './decoder.ts';
import { ReferenceDecoder } from './resource-log.ts';

/** `reference` is plain TypeScript on `JSON.parse`. */
export type DecoderKind = 'reference' | 'scanner';

const decoders: Readonly<Record<DecoderKind, new (capacity?: number) => Decoder>> = {
  reference: ReferenceDecoder,
  scanner: ReferenceDecoder,
};

/** @param capacity rows of a batch, `limits.segmentRowsMax` unless given. */
export function createDecoder(kind: DecoderKind, capacity?: number): Decoder {
  return new decoders[kind](capacity);
}
