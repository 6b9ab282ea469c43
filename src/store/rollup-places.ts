import type { Sketches } from './rollup-columns.ts';
import { sketchBytes } from './sketch.ts';

/** The place of the only bit of a bitmap; null where it has another number of them. */
function placeOf(bitmap: Uint8Array): number | null {
  const at = bitmap.findIndex((byte) => byte !== 0);
  const byte = bitmap[at] ?? 0;
  if ((byte & (byte - 1)) !== 0 || at < 0 || bitmap.findLastIndex((other) => other !== 0) !== at) return null;
  return at * 8 + Math.clz32(byte) - 24;
}

/** Takes the bitmaps with one bit out of those of some groups, and moves the others together, in the same buffer. */
export function placesOf(bitmaps: Uint8Array<ArrayBuffer>): Sketches {
  const groups = bitmaps.length / sketchBytes;
  const validity = () => new Uint8Array((groups + 7) >> 3);
  const sketches = {
    places: new Uint16Array(groups),
    placed: validity(),
    bytes: bitmaps,
    offsets: new Int32Array(groups + 1),
    whole: validity(),
  };
  let end = 0;
  for (let group = 0; group < groups; group++) {
    const start = group * sketchBytes;
    const place = placeOf(bitmaps.subarray(start, start + sketchBytes));
    if (place === null) {
      bitmaps.copyWithin(end, start, start + sketchBytes);
      end += sketchBytes;
    } else sketches.places[group] = place;
    const present = place === null ? sketches.whole : sketches.placed;
    present[group >> 3] = (present[group >> 3] ?? 0) | (1 << (group & 7));
    sketches.offsets[group + 1] = end;
  }
  return sketches;
}
