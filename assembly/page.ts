// A page of Parquet while it is written.
import { TEXT_GATHER_AT } from './layout';

export class Page {
  /** Where the next byte goes. */
  static at: usize = 0;

  static begin(): void {
    Page.at = TEXT_GATHER_AT;
  }

  static get length(): usize {
    return Page.at - TEXT_GATHER_AT;
  }

  static byte(value: u32): void {
    store<u8>(Page.at++, value);
  }

  /** Unsigned LEB128. */
  static varint(value: u64): void {
    for (; value > 127; value >>= 7) Page.byte(<u32>value | 128);
    Page.byte(<u32>value);
  }

  static zigzag(value: i64): void {
    Page.varint(<u64>((value << 1) ^ (value >> 63)));
  }

  /** Zero bytes up to `end`. */
  static fill(end: usize): void {
    while (Page.at < end) Page.byte(0);
    Page.at = end;
  }
}
