import { authType } from '../../core/auth-type.ts';
import { parseCaller } from '../../core/caller.ts';
import { type ColumnName, columnIndex, columns } from '../../core/columns.ts';
import { operationClass } from '../../core/operation.ts';
import type { SasSet } from '../../core/sas.ts';
import { hostAccount, resourceAccount, type StorageUri } from '../../core/storage-uri.ts';
import type { Timestamp } from '../../core/timestamp.ts';
import { hashToken, parseTokenHash } from '../../core/token-hash.ts';
import type { ColumnValue } from './column-builder.ts';
import { type ColumnWriter, cleanText } from './column-writer.ts';
import {
  type Converted,
  isPlainUuid,
  toEtag,
  toFloat,
  toInteger,
  toLastModified,
  toMd5,
  toStatus,
  toText,
  toTimestamp,
  toUuid,
} from './conversion.ts';
import type { Field } from './field.ts';
import { extraText, jsonText } from './json-text.ts';
import { Memo } from './memo.ts';
import { containerOf, copySource } from './object-place.ts';
import { type CleanUri, type KnownSas, UriReader } from './uri-reader.ts';

const integerMax: Readonly<Record<string, number>> = { int32: 2 ** 31 - 1, int64: Number.MAX_SAFE_INTEGER };

const emptyRow: readonly ColumnValue[] = columns.map(({ required, type }) => {
  if (!required) return null;
  return type === 'dictionary' || type === 'utf8' ? '' : 0;
});

function tokenColumns(text: string): ReadonlyMap<ColumnName, ColumnValue> {
  const parsed = parseTokenHash(text);
  if (parsed === null) return new Map([['token_hash_text', text]]);
  const key: [ColumnName, ColumnValue][] = [
    ['key_name', parsed.keyName],
    ['key_hash', hashToken(parsed.keyHash).tokenHash],
  ];
  if (parsed.signatureHash === null) return new Map(key);
  const { token, tokenHash } = hashToken(parsed.signatureHash);
  return new Map([...key, ['token', token], ['token_hash', tokenHash]]);
}

/**
 * One row between a parsed log line and its columns: takes field values by Azure path, derives the rest.
 *
 * `clear`, then `set` for every field and `setExtra` for everything without one, then `derive`, then `appendTo`.
 */
export class StorageRow {
  readonly #values: ColumnValue[] = [...emptyRow];
  readonly #extra = new Map<string, unknown>();
  readonly #uris = new UriReader();
  readonly #tokens = new Memo(tokenColumns);
  #uri: CleanUri | null = null;
  #sasSet: SasSet | null = null;

  /** The SAS in the row's uri; null if there is none or it belongs to the source of a copy. */
  get sasSet(): SasSet | null {
    return this.#sasSet;
  }

  clear(sourceId: bigint): void {
    for (let i = 0; i < emptyRow.length; i++) this.#values[i] = emptyRow[i] ?? null;
    this.#extra.clear();
    this.#uri = null;
    this.#sasSet = null;
    this.#put('source_id', sourceId);
  }

  /** Takes a field's value; one that does not fit goes to `extra` under the field's path. */
  set(field: Field, value: unknown): void {
    if (!this.#convert(field, value)) this.#extra.set(field.path, value);
  }

  /** Keeps a value that has no column. Null is what an absent property is. */
  setExtra(path: string, value: unknown): void {
    if (value !== null && value !== undefined) this.#extra.set(path, value);
  }

  /**
   * Fills the derived columns.
   *
   * @returns why the row cannot be kept, null if it can.
   * @throws NestingError
   */
  derive(): string | null {
    const time = this.#extra.get('time');
    if (time !== undefined) return `time is not a time: ${cleanText(JSON.stringify(time)).slice(0, 64)}`;
    if (!this.#hasTime) return 'time is missing';
    const operation = this.#text('operation_name');
    if (this.#text('category') === '') return 'category is missing';
    if (operation === '') return 'operationName is missing';
    this.#put('operation_class', operationClass(operation, this.#text('category')));
    this.#derivePlace();
    this.#put('auth_type', authType(this.#text('identity_type'), this.#sasSet?.kind ?? null));
    this.#put('extra', extraText(this.#extra));
    return null;
  }

  /** Appends the row; false, with nothing appended, if the batch has to end before it. */
  appendTo(writer: ColumnWriter): boolean {
    this.#putUri(writer);
    return writer.append(this.#values);
  }

  get #hasTime(): boolean {
    return typeof this.#values[columnIndex.time] === 'bigint';
  }

  #put(name: ColumnName, value: ColumnValue): void {
    this.#values[columnIndex[name]] = value;
  }

  /** A text already taken, '' if there is none. */
  #text(name: ColumnName): string {
    const value = this.#values[columnIndex[name]];
    return typeof value === 'string' ? value : '';
  }

  /** Takes a converted value where there is one; false if it did not fit. */
  #take(name: ColumnName, value: Converted<ColumnValue>): boolean {
    if (value === undefined) return false;
    if (value !== null) this.#put(name, value);
    return true;
  }

  #convert({ conversion, column, spec }: Field, value: unknown): boolean {
    switch (conversion) {
      case 'text':
      case 'object_key':
        return this.#take(column, toText(value));
      case 'integer':
        return this.#take(column, toInteger(value, integerMax[spec.type] ?? 0));
      case 'number':
        return this.#take(column, toFloat(value));
      case 'status':
        return this.#take(column, toStatus(value));
      case 'etag':
        return this.#take(column, toEtag(value));
      case 'md5':
        return this.#take(column, toMd5(value));
      case 'json':
        return this.#convertJson(column, value);
      case 'time':
        return this.#takeTime('time', 'time_tick', toTimestamp(value));
      case 'last_modified':
        return this.#takeTime('last_modified', 'last_modified_tick', toLastModified(value));
      case 'uuid':
        return column === 'client_request_id' ? this.#convertRequestId(value) : this.#take(column, toUuid(value));
      case 'caller':
        return this.#convertCaller(value);
      case 'token_hash':
        return this.#convertTokenHash(value);
      case 'uri':
        return this.#convertUri(value);
    }
  }

  #takeTime(name: ColumnName, tickName: ColumnName, value: Converted<Timestamp>): boolean {
    if (value === undefined) return false;
    if (value === null) return true;
    this.#put(name, value.micros);
    this.#put(tickName, value.tick);
    return true;
  }

  #convertJson(column: ColumnName, value: unknown): boolean {
    if (value === null || value === undefined || value === '') return true;
    if (typeof value !== 'object') return false;
    if (Object.keys(value).length > 0) this.#put(column, jsonText(value, 2));
    return true;
  }

  #convertRequestId(value: unknown): boolean {
    const text = toText(value);
    if (typeof text !== 'string') return text === null;
    if (isPlainUuid(text)) this.#put('client_request_uuid', text);
    else this.#put('client_request_id', text);
    return true;
  }

  #convertCaller(value: unknown): boolean {
    const text = toText(value);
    if (typeof text !== 'string') return text === null;
    const { ip, ipv4, port, ipClass } = parseCaller(text);
    this.#put('caller_ip', ip);
    this.#put('caller_ipv4', ipv4);
    this.#put('caller_port', port);
    this.#put('ip_class', ipClass);
    return true;
  }

  #convertTokenHash(value: unknown): boolean {
    const text = toText(value);
    if (typeof text !== 'string') return text === null;
    for (const [name, part] of this.#tokens.get(text)) this.#put(name, part);
    return true;
  }

  #convertUri(value: unknown): boolean {
    const text = toText(value);
    if (text === undefined) return false;
    this.#uri = text === null ? null : this.#uris.read(text);
    return true;
  }

  /** Where the request went, and its SAS; the source of a copy says nothing about either. */
  #derivePlace(): void {
    const source = copySource(this.#text('operation_name'), this.#text('object_key'), this.#uri?.text ?? '');
    if (source !== null) {
      this.#deriveAccount(null);
      this.#deriveCopySource(this.#uris.read(source));
      return;
    }
    const parts = this.#uri?.parts ?? null;
    this.#deriveAccount(parts);
    this.#put('container', containerOf(this.#text('service'), this.#text('object_key'), parts?.path ?? ''));
    if (this.#uri?.sas) this.#deriveSas(this.#uri.sas);
  }

  #deriveAccount(uri: StorageUri | null): void {
    const account = this.#text('account');
    const service = this.#text('service');
    if (account !== '' && service !== '') return;
    const resource = resourceAccount(this.#text('resource_id'));
    const host = uri === null ? null : hostAccount(uri.base);
    this.#put('account', account || resource?.account || host?.account || '');
    this.#put('service', service || host?.service || resource?.service || '');
  }

  #deriveSas({ set, fingerprint }: KnownSas): void {
    this.#sasSet = set;
    this.#put('sas_id', set.sasId);
    this.#put('token_fingerprint', fingerprint(this.#text('account')));
  }

  #deriveCopySource({ parts, sas }: CleanUri): void {
    const account = parts === null ? undefined : hostAccount(parts.base)?.account;
    if (account === undefined) return;
    this.#put('copy_source_account', account);
    if (sas !== null) this.#put('copy_source_fingerprint', sas.fingerprint(account));
  }

  /** In parts where they give the text back and the dictionary has room, else whole. */
  #putUri(writer: ColumnWriter): void {
    if (this.#uri === null) return;
    const { text, parts } = this.#uri;
    const objectKey = cleanText(this.#text('object_key'));
    const path = objectKey.slice(this.#text('account').length + 1);
    const follows = parts !== null && objectKey !== '' && parts.path === path && parts.query !== '';
    if (!follows || (parts.query !== null && !writer.fits('uri_query', parts.query))) {
      this.#put('uri', text);
      this.#put('uri_base', null);
      this.#put('uri_query', null);
      return;
    }
    this.#put('uri', null);
    this.#put('uri_base', parts.base);
    this.#put('uri_query', parts.query);
  }
}
