import { decodedName } from './url.ts';

/** A stretch of time in milliseconds since 1970 UTC, [from, to). */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a log's blob name says: the hour it was filed under and whose log it is. */
export interface FiledLog {
  readonly hour: Span;
  /** The account the records are about; null where the archive's own is meant, as in `$logs`. */
  readonly account: string | null;
}

const hourMs = 3_600_000;

/** `y=2023/m=06/d=22/h=10/`, as far as it goes; a separator may be percent-encoded. */
const monitorDate =
  /(?:^|\/)y(?:=|%3D)(\d{4})(?:\/m(?:=|%3D)(\d\d)(?:\/d(?:=|%3D)(\d\d)(?:\/h(?:=|%3D)(\d\d))?)?)?(?=\/|$)/i;
/** `blob/2023/06/22/1000/`, as far as it goes. */
const classicDate = /(?:^|\/)(?:blob|queue|table)\/(\d{4})(?:\/(\d\d)(?:\/(\d\d)(?:\/(\d\d)\d\d)?)?)?(?=\/|$)/i;
const accountName = /\/storageaccounts\/([^/]+)\//i;

/**
 * The time that the folders of a blob name, or of the beginning of one, say: a year, a month, a day or an hour. Null
 * where they say none.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs#send-to-azure-storage
 * @see https://learn.microsoft.com/azure/storage/common/storage-analytics-logging#how-logs-are-stored
 */
export function spanOf(name: string): Span | null {
  const [, year, month, day, hour] = monitorDate.exec(name) ?? classicDate.exec(name) ?? [];
  if (year === undefined) return null;
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)];
  const from = Date.UTC(y, m, d, Number(hour ?? 0));
  if (hour !== undefined) return { from, to: from + hourMs };
  if (day !== undefined) return { from, to: from + 24 * hourMs };
  return { from, to: month === undefined ? Date.UTC(y + 1, 0) : Date.UTC(y, m + 1) };
}

/** What a blob name says of the log in it; null where it lies outside every layout, as an export does. */
export function filedLog(name: string): FiledLog | null {
  const hour = spanOf(name);
  if (hour === null || hour.to - hour.from !== hourMs) return null;
  return { hour, account: accountName.exec(decodedName(name))?.[1]?.toLowerCase() ?? null };
}

const monitorDay = /^(.*?(?:^|\/))(y)(=|%3D)\d{4}\/(m)\3\d\d\/(d)\3\d\d\//i;
const classicDay = /^(.*?(?:^|\/)(?:blob|queue|table)\/)\d{4}\/\d\d\/\d\d\//i;

/** Where the log that a name belongs to has its blobs of a day, written as the name is; null outside every layout. */
export function dayFolder(name: string, time: number): string | null {
  const [year = '', month = '', day = ''] = new Date(time).toISOString().slice(0, 10).split('-');
  const [, base, y, equals, m, d] = monitorDay.exec(name) ?? [];
  if (base !== undefined) return `${base}${y}${equals}${year}/${m}${equals}${month}/${d}${equals}${day}/`;
  const [, classicBase] = classicDay.exec(name) ?? [];
  return classicBase === undefined ? null : `${classicBase}${year}/${month}/${day}/`;
}

export function overlaps(one: Span, other: Span): boolean {
  return one.from < other.to && other.from < one.to;
}

export function contains(whole: Span, part: Span): boolean {
  return whole.from <= part.from && part.to <= whole.to;
}

/** Records of an hour may be filed under the one before and, written late, under the second one after. */
const hoursBefore = 1;
const hoursAfter = 2;

/** The hours whose folders may hold records of a time. */
export function filedAround(logged: Span): Span {
  return { from: logged.from - hoursBefore * hourMs, to: logged.to + hoursAfter * hourMs };
}
