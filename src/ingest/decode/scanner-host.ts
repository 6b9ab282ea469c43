import { authType } from '../../core/auth-type.ts';
import { parseCaller } from '../../core/caller.ts';
import { operationCategory, operationClass } from '../../core/operation.ts';
import { parseSas, sasKinds, tokenFingerprint } from '../../core/sas.ts';
import { cleanText } from './column-writer.ts';
import { toLastModified } from './conversion.ts';
import { jsonText, NestingError } from './json-text.ts';
import { isCopySource } from './object-place.ts';
import { scannerLayout, scannerSizes } from './scanner-layout.ts';
import { sasSetWriter } from './scanner-sas.ts';

const answerBytesMax = scannerSizes.textRoomBytes - (1 << 20);

/** What the scanner asks for, once per distinct text: assembly/host.ts says what each function returns. */
export interface ScannerHost {
  redact(at: number, length: number): number;
  json(at: number, length: number, depth: number): number;
  sas(query: number, length: number, account: number, accountLength: number): number;
  operationClass(name: number, length: number, category: number, categoryLength: number): number;
  operationCategory(name: number, length: number): number;
  authType(type: number, length: number, sas: number): number;
  ipClass(at: number, length: number): number;
  networkClass(network: number): number;
  lastModified(at: number, length: number): number;
}

function parsedJson(text: string, depth: number): string | null {
  try {
    return jsonText(JSON.parse(text), depth);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof NestingError) return null;
    throw error;
  }
}

/** Answers from the modules the reference decoder uses, so that there is one truth. */
export function scannerHost(memory: WebAssembly.Memory): ScannerHost {
  const bytes = Buffer.from(memory.buffer);
  const { answer } = scannerLayout.regions;
  const answers = new BigUint64Array(memory.buffer, answer, 2);
  const text = (at: number, length: number) => bytes.toString('utf8', at, at + length);
  const writeSet = sasSetWriter(memory.buffer);
  const reply = (value: string) => bytes.write(value, answer);
  return {
    redact: (at, length) => reply(cleanText(text(at, length))),
    json(at, length, depth) {
      const value = parsedJson(text(at, length), depth);
      return value === null || Buffer.byteLength(value) > answerBytesMax ? -1 : reply(value);
    },
    sas(query, length, account, accountLength) {
      const set = parseSas(text(query, length));
      if (set === null) return 0;
      answers[0] = set.sasId;
      answers[1] = tokenFingerprint(text(account, accountLength), set);
      writeSet(set);
      return 1 + sasKinds.indexOf(set.kind);
    },
    operationClass(name, length, category, categoryLength) {
      const operation = text(name, length);
      return isCopySource(operation) ? 0 : reply(operationClass(operation, text(category, categoryLength)));
    },
    operationCategory: (name, length) => reply(operationCategory(text(name, length))),
    authType: (type, length, sas) =>
      reply(authType(text(type, length), sas === 0 ? null : (sasKinds[sas - 1] ?? null))),
    ipClass(at, length) {
      const { ip, port, ipClass } = parseCaller(text(at, length));
      return ip === null || port !== null || ipClass === 'other' ? 0 : reply(ipClass);
    },
    networkClass: (network) => reply(parseCaller(`${network >> 8}.${network & 0xff}.0.0`).ipClass),
    lastModified(at, length) {
      const time = toLastModified(text(at, length));
      if (time === undefined) return -1;
      if (time === null) return 0;
      bytes.writeBigInt64LE(time.micros, answer);
      bytes.writeUInt8(time.tick, answer + 8);
      return 1;
    },
  };
}
