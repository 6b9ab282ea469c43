import type { Batch } from '../core/batch.ts';
import type { ColumnName } from '../core/columns.ts';
import { networkOf } from './network.ts';
import { classCounterNames, counterOfClass, overwriting } from './rollup-counters.ts';
import { sketchBits, sketchHash } from './sketch.ts';
import { dictionaryColumn, textsOf } from './table.ts';

/** Bits of a sketch that is one word. */
export const wordBits = 64;

/** What a rollup asks about the values of dictionary columns, by code: each is asked once a batch, not once a row. */
export interface RollupTraits {
  /** Place in `classCounterNames`, of `operation_class`. */
  readonly classCounter: Uint8Array;
  /** 1 where an operation replaces content, of `operation_name`. */
  readonly overwrites: Uint8Array;
  /** 1 for `public`, of `ip_class`. */
  readonly isPublic: Uint8Array;
  readonly isHttp: Uint8Array;
  /** 1 for TLS 1.0 and 1.1. */
  readonly isOldTls: Uint8Array;
  /** 1 for writes and copies, of `operation_class`. */
  readonly isWrite: Uint8Array;
  /** Bits of one-word sketches, of `container` and of the tools that `user_agent` names. */
  readonly containerBit: Uint8Array;
  readonly toolBit: Uint8Array;
  /** Bits of sketches, of `caller_ip` and its networks. */
  readonly addressBit: Uint16Array;
  readonly networkBit: Uint16Array;
}

const encoder = new TextEncoder();

function hashOf(text: string): number {
  return sketchHash(encoder.encode(text));
}

/** The product a user agent begins with, without its version: `azcopy` of `AzCopy/10.13.0 Azure-Storage/0.14`. */
function toolOf(userAgent: string): string {
  return /^[^/ ;(]+/.exec(userAgent)?.[0].toLowerCase() ?? '-';
}

export function rollupTraits(batch: Batch): RollupTraits {
  const valuesOf = (name: ColumnName) => textsOf(dictionaryColumn(batch, name).dictionary);
  const flags = (name: ColumnName, of: (text: string) => boolean) =>
    Uint8Array.from(valuesOf(name), (text) => Number(of(text)));
  const addresses = valuesOf('caller_ip');
  return {
    classCounter: Uint8Array.from(valuesOf('operation_class'), (text) =>
      classCounterNames.indexOf(counterOfClass(text)),
    ),
    overwrites: flags('operation_name', (text) => overwriting.has(text)),
    isPublic: flags('ip_class', (text) => text === 'public'),
    isHttp: flags('protocol', (text) => text.toUpperCase() === 'HTTP'),
    isOldTls: flags('tls_version', (text) => /^TLS 1\.[01]$/i.test(text)),
    isWrite: flags('operation_class', (text) => text === 'write' || text === 'copy'),
    containerBit: Uint8Array.from(valuesOf('container'), (text) => hashOf(text) % wordBits),
    toolBit: Uint8Array.from(valuesOf('user_agent'), (text) => hashOf(toolOf(text)) % wordBits),
    addressBit: Uint16Array.from(addresses, (text) => hashOf(text) % sketchBits),
    networkBit: Uint16Array.from(addresses, (text) => hashOf(networkOf(text)) % sketchBits),
  };
}
