import { type ClassicSource, classicLine } from './classic-line.ts';

/** How an archive files records: where each goes, and how it is written there. */
export interface ArchiveLayout {
  /** Path of the file, whose first folder is the container. */
  path(record: LoggedRecord): string;
  line(record: LoggedRecord, text: string): string;
}

export interface LoggedRecord extends ClassicSource {
  readonly category: string;
  readonly resourceId: string;
}

function hourOf({ time }: LoggedRecord) {
  const [year = '', month = '', rest = ''] = time.slice(0, 13).split('-');
  const [day = '', hour = ''] = rest.split('T');
  return { year, month, day, hour };
}

/**
 * What a diagnostic setting makes: one append blob an hour, category and resource,
 * `insights-logs-storageread/resourceId=/subscriptions/…/y=2024/m=05/d=15/h=13/m=00/PT1H.json`, one record a line.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs#send-to-azure-storage
 */
export const monitorLayout: ArchiveLayout = {
  path(record) {
    const { year, month, day, hour } = hourOf(record);
    const container = `insights-logs-${record.category.toLowerCase()}`;
    const resource = `resourceId=${record.resourceId.toLowerCase()}`;
    return `${container}/${resource}/y=${year}/m=${month}/d=${day}/h=${hour}/m=00/PT1H.json`;
  },
  line: (_, text) => text,
};

/**
 * What Storage Analytics makes in each account's own `$logs`: `blob/2024/05/15/1300/000000.log`. Accounts keep theirs apart, so
 * that the first folder is `ACCOUNT-logs`, as if the container had been copied.
 *
 * @see https://learn.microsoft.com/azure/storage/common/storage-analytics-logging#how-logs-are-stored
 */
export const classicLayout: ArchiveLayout = {
  path(record) {
    const { year, month, day, hour } = hourOf(record);
    return `${record.properties['accountName']}-logs/blob/${year}/${month}/${day}/${hour}00/000000.log`;
  },
  line: classicLine,
};
