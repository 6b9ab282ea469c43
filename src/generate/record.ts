import type { LogEvent } from './log-event.ts';
import { hash32, hex4, hex8, type Prng } from './prng.ts';

const plainPath = /^[\w\-.~/]*$/;

function encodePath(path: string): string {
  return plainPath.test(path) ? path : path.split('/').map(encodeURIComponent).join('/');
}

/** Dates repeat for many rows, so the last minute's text is kept. */
export class TimeText {
  #minute = Number.NaN;
  #prefix = '';

  /** `2022-03-11T02:10:44.1234567Z`: storage writes seven decimals. */
  iso(time: number): string {
    const minute = Math.floor(time / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#prefix = new Date(minute * 60_000).toISOString().slice(0, 17);
    }
    const milliseconds = Math.floor(time - minute * 60_000);
    const ticks = Math.floor((time - Math.floor(time)) * 10_000);
    const seconds = Math.floor(milliseconds / 1_000);
    const fraction = (milliseconds % 1_000) * 10_000 + ticks;
    return `${this.#prefix}${seconds < 10 ? '0' : ''}${seconds}.${String(fraction).padStart(7, '0')}Z`;
  }
}

function lastModified(event: LogEvent, hash: number, iso: string): string {
  if (event.operation.category === 'StorageWrite') return iso.slice(0, 27).replace('T', ' ').replaceAll('-', '/');
  const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
  const date = `2020/0${1 + (hash % 6)}/${two(1 + ((hash >>> 3) % 28))}`;
  return `${date} ${two((hash >>> 8) % 24)}:${two((hash >>> 13) % 60)}:${two((hash >>> 19) % 60)}.0000000`;
}

/**
 * Writes events as Azure Monitor resource log records: compact JSON, one record a call, no newline. Zero and empty fields
 * are left out, as storage does. The text is ASCII except where an object's name is not.
 *
 * @see https://learn.microsoft.com/azure/storage/blobs/monitor-blob-storage-reference
 */
export class RecordWriter {
  readonly #prng: Prng;
  readonly #unredacted: number;
  readonly #time = new TimeText();

  /** @param unredacted fraction of SAS records whose uri keeps its real `sig`: 0 unless redaction itself is under test. */
  constructor(prng: Prng, unredacted: number) {
    this.#prng = prng;
    this.#unredacted = unredacted;
  }

  write(event: LogEvent): string {
    const prng = this.#prng;
    const { account, caller, operation, container, blob } = event;
    const path = container === '' ? '' : blob === '' ? container : `${container}/${blob}`;
    const hash = hash32(path);
    const noise = prng.u32();
    const serverMs = 1 + (noise & 15) + Math.ceil(event.bytesOut / 120_000_000);
    const durationMs = serverMs + ((noise >>> 4) & 15) + Math.ceil((event.bytesOut + event.bytesIn) / 25_000_000);
    const iso = this.#time.iso(event.time);
    const ok = event.statusCode < 300;
    const { token } = caller;
    let query = operation.query + event.queryTail;
    if (token !== undefined) {
      const raw = this.#unredacted > 0 && prng.chance(this.#unredacted);
      query = `${query === '' ? '' : `${query}&`}${raw ? token.rawQuery : token.redactedQuery}`;
    }
    const uri = `https://${account.name}.blob.core.windows.net:443/${encodePath(path)}${query === '' ? '' : `?${query}`}`;
    const hasObject = ok && blob !== '' && operation.category !== 'StorageDelete';
    const version = operation.category === 'StorageWrite' ? noise : hash;
    return (
      `{"time":"${iso}","resourceId":"${account.resourceId}","category":"${operation.category}",` +
      `"operationName":"${operation.name}","operationVersion":"${caller.apiVersion}","schemaVersion":"1.0",` +
      `"statusCode":${event.statusCode},"statusText":"${event.statusText}","durationMs":${durationMs},` +
      `"callerIpAddress":"${event.callerIp}","correlationId":"${prng.guid()}","identity":${caller.identity},` +
      `"location":"${account.location}","properties":{"accountName":"${account.name}",` +
      `"userAgentHeader":"${caller.userAgent}",` +
      (caller.sendsRequestId ? `"clientRequestId":"${prng.guid()}",` : '') +
      (hasObject ? `"etag":"\\"0x8D${(hex8(version) + hex4(hash >>> 5)).toUpperCase()}A\\"",` : '') +
      `"serverLatencyMs":${serverMs},"serviceType":"blob",` +
      `"requestHeaderSize":${300 + ((noise >>> 8) & 255)},` +
      (event.bytesIn === 0 ? '' : `"requestBodySize":${event.bytesIn},`) +
      `"responseHeaderSize":${200 + ((noise >>> 16) & 127)},` +
      (event.bytesOut === 0 ? '' : `"responseBodySize":${event.bytesOut},`) +
      (event.bytesIn === 0 ? '' : `"contentLengthHeader":${event.bytesIn},`) +
      (hasObject ? `"lastModifiedTime":"${lastModified(event, hash, iso)}",` : '') +
      `"tlsVersion":"TLS 1.2","objectKey":"/${account.name}${path === '' ? '' : `/${path}`}",` +
      `"metricResponseType":"${ok ? 'Success' : event.statusCode === 403 ? 'AuthenticationError' : 'ClientOtherError'}",` +
      (event.rangeStart < 0
        ? ''
        : `"downloadRange":"bytes=${event.rangeStart}-${event.rangeStart + event.bytesOut - 1}",`) +
      event.properties +
      `"accessTier":"${container === 'ws-backup-a' ? 'Cool' : 'Hot'}"},` +
      `"uri":"${uri}","protocol":"HTTPS","resourceType":"Microsoft.Storage/storageAccounts/blobServices"}`
    );
  }
}
