// The bitmaps of a rollup's groups, of which most have one bit: as src/store/rollup-places.ts does it.
import {
  SKETCH_BITS, SKETCH_BYTES, SKETCH_IP_BYTES_AT, SKETCH_IP_OFFSETS_AT, SKETCH_IP_PLACED_AT, SKETCH_IP_PLACES_AT,
  SKETCH_IP_WHOLE_AT, SKETCH_NETWORK_BYTES_AT, SKETCH_NETWORK_OFFSETS_AT, SKETCH_NETWORK_PLACED_AT,
  SKETCH_NETWORK_PLACES_AT, SKETCH_NETWORK_WHOLE_AT, SKETCH_OBJECT_BYTES_AT, SKETCH_OBJECT_OFFSETS_AT,
  SKETCH_OBJECT_PLACED_AT, SKETCH_OBJECT_PLACES_AT, SKETCH_OBJECT_WHOLE_AT,
} from './layout';

/** The place of the only bit of a bitmap; SKETCH_BITS where it has another number of them. */
function placeOf(bitmap: usize): u32 {
  let place = SKETCH_BITS;
  for (let at: usize = 0; at < SKETCH_BYTES; at += 8) {
    const word = load<u64>(bitmap + at);
    if (word == 0) continue;
    if (place != SKETCH_BITS || (word & (word - 1)) != 0) return SKETCH_BITS;
    // Bytes come from the lowest on, the bits of each from the highest down.
    place = <u32>(at << 3) + <u32>clz(bswap(word));
  }
  return place;
}

/** Takes the bitmaps with one bit out, and moves the others together. */
function writePlacesOf(groups: usize, bytes: usize, places: usize, placed: usize, offsets: usize, whole: usize): void {
  memory.fill(placed, 0, (groups + 7) >> 3);
  memory.fill(whole, 0, (groups + 7) >> 3);
  let end: usize = 0;
  store<u32>(offsets, 0);
  for (let group: usize = 0; group < groups; group++) {
    const bitmap = bytes + group * SKETCH_BYTES;
    const place = placeOf(bitmap);
    if (place == SKETCH_BITS) {
      memory.copy(bytes + end, bitmap, SKETCH_BYTES);
      end += SKETCH_BYTES;
    }
    store<u16>(places + (group << 1), place & (SKETCH_BITS - 1));
    const present = (place == SKETCH_BITS ? whole : placed) + (group >> 3);
    store<u8>(present, load<u8>(present) | (1 << (<u8>group & 7)));
    store<u32>(offsets + ((group + 1) << 2), <u32>end);
  }
}

/** Writes the columns of sketches of the first `groups`, whose bitmaps stand one behind the other. */
export function writePlaces(groups: usize): void {
  writePlacesOf(
    groups, SKETCH_IP_BYTES_AT, SKETCH_IP_PLACES_AT, SKETCH_IP_PLACED_AT, SKETCH_IP_OFFSETS_AT, SKETCH_IP_WHOLE_AT,
  );
  writePlacesOf(
    groups, SKETCH_NETWORK_BYTES_AT, SKETCH_NETWORK_PLACES_AT, SKETCH_NETWORK_PLACED_AT, SKETCH_NETWORK_OFFSETS_AT,
    SKETCH_NETWORK_WHOLE_AT,
  );
  writePlacesOf(
    groups, SKETCH_OBJECT_BYTES_AT, SKETCH_OBJECT_PLACES_AT, SKETCH_OBJECT_PLACED_AT, SKETCH_OBJECT_OFFSETS_AT,
    SKETCH_OBJECT_WHOLE_AT,
  );
}
