/** Bytes read behind a region: SIMD loads run over the end of any text. */
export const slackBytes = 64;

const pageBytes = 64 << 10;

/** Gives out regions of the scanner's memory, one behind the other. */
export class MemoryPlan {
  // AssemblyScript's own constants lie below.
  #next = pageBytes;

  /** @returns address of so many bytes and the slack. */
  take(bytes: number): number {
    const at = this.#next;
    this.#next = at + Math.ceil((bytes + slackBytes) / 64) * 64;
    return at;
  }

  get pages(): number {
    return Math.ceil(this.#next / pageBytes);
  }
}
