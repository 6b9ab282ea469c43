import type { Prng } from './prng.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shuffled(object: JsonObject, prng: Prng): JsonObject {
  const entries = Object.entries(object);
  for (let i = entries.length - 1; i > 0; i--) {
    const j = prng.int(0, i);
    const [a, b] = [entries[i], entries[j]];
    if (a !== undefined && b !== undefined) [entries[i], entries[j]] = [b, a];
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, isObject(value) ? shuffled(value, prng) : value]));
}

/** Every character of a JSON text that may be written as `\u….`: non-ASCII, and the slashes inside strings. */
function escaped(record: string): string {
  return record.replace(/[^ -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).replaceAll('/', '\\/');
}

function renameObject(record: JsonObject, properties: JsonObject, suffix: string): void {
  const { objectKey } = properties;
  const { uri } = record;
  if (typeof objectKey !== 'string' || typeof uri !== 'string' || objectKey.split('/').length < 4) return;
  properties['objectKey'] = objectKey + suffix;
  const query = uri.indexOf('?');
  const path = query < 0 ? uri : uri.slice(0, query);
  record['uri'] = path + encodeURIComponent(suffix) + (query < 0 ? '' : uri.slice(query));
}

/** Shapes that real exports have been seen in. Each keeps the record valid and leaves its sizes as they are. */
const shapes: readonly ((record: JsonObject, properties: JsonObject, prng: Prng) => string)[] = [
  (record, properties, prng) => {
    record['callerIpAddress'] = prng.pick([
      '2001:db8:77::1f',
      '[2001:db8:77::1f]:40123',
      '198.18.7.7',
      '<Redacted>:52011',
    ]);
    properties['unknownToday'] = { nested: [1, 'two', null], flag: true };
    return JSON.stringify(record);
  },
  (record) => JSON.stringify({ ...record, statusCode: 'Unknown', statusText: 'Unknown' }),
  (record, _properties, prng) => JSON.stringify(shuffled(record, prng)),
  (record, properties) => {
    const { correlationId: _, durationMs: __, location: ___, ...rest } = record;
    const { etag: ____, tlsVersion: _____, ...fewer } = properties;
    return JSON.stringify({ ...rest, properties: fewer });
  },
  (record, properties, prng) => {
    renameObject(
      record,
      properties,
      prng.pick([' Überblick (1).txt', ' 模型 α.pt', " it's 100% + more&co.csv", ' 🚀.bin']),
    );
    return prng.chance(0.5) ? escaped(JSON.stringify(record)) : JSON.stringify(record);
  },
  (record, properties) => {
    properties['userAgentHeader'] = 'tool "quoted" \\ back\tslash';
    properties['referrerHeader'] = 'https://portal.example/path?a=1&amp;b=2';
    properties['clientRequestId'] =
      'batch 17: retry #2, of the same thing, asked for by a caller who likes long request ids — ok';
    return JSON.stringify(record);
  },
  (record) => {
    record['uri'] = String(record['uri']).replace(':443/', '/');
    record['resourceId'] = String(record['resourceId']).toUpperCase();
    return JSON.stringify(record, undefined, 1).replaceAll('\n', '');
  },
];

/** Rewrites a fraction of records into odd but valid shapes. */
export class Oddities {
  readonly #prng: Prng;
  readonly #fraction: number;

  constructor(prng: Prng, fraction: number) {
    this.#prng = prng;
    this.#fraction = fraction;
  }

  apply(text: string): string {
    if (this.#fraction === 0 || !this.#prng.chance(this.#fraction)) return text;
    const record = JSON.parse(text) as Json;
    const shape = shapes[this.#prng.int(0, shapes.length - 1)];
    if (!isObject(record) || !isObject(record['properties']) || shape === undefined) return text;
    return shape(record, record['properties'], this.#prng);
  }
}
