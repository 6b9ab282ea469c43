import { entityPath } from './node-address.ts';
import type { SasGrant } from './sas-token.ts';

/** What one connection may touch, and until when. */
export class Claims {
  readonly #expiryByPath = new Map<string, number>();

  grant({ path, expiresAtMs }: SasGrant): void {
    this.#expiryByPath.set(path, expiresAtMs);
  }

  /** True if a claim that has not expired covers the node or one above it. */
  cover(address: string, nowMs: number): boolean {
    const path = entityPath(address).toLowerCase();
    for (const [granted, expiresAtMs] of this.#expiryByPath) {
      if (expiresAtMs > nowMs && covers(granted, path)) return true;
    }
    return false;
  }
}

/** True if `path` is `granted` or below it; the empty path is the whole namespace. Both in lower case. */
export function covers(granted: string, path: string): boolean {
  return granted === '' || path === granted || path.startsWith(`${granted}/`);
}
