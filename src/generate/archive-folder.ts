import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LogSink } from './log-folder.ts';

/** Characters kept per file before they are appended. */
const pendingMax = 1 << 20;

/**
 * The folder a diagnostic setting makes in an archive account: one append blob an hour, category and resource,
 * `insights-logs-storageread/resourceId=/subscriptions/…/y=2024/m=05/d=15/h=13/m=00/PT1H.json`, one record a line.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/essentials/resource-logs#send-to-azure-storage
 */
export class ArchiveFolder implements LogSink {
  readonly files: string[] = [];
  bytes = 0;
  readonly #folder: string;
  readonly #pending = new Map<string, string>();
  readonly #known = new Set<string>();
  #hour = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  writeLine(line: string): void {
    const record = JSON.parse(line) as { time: string; category: string; resourceId: string };
    const hour = record.time.slice(0, 13);
    if (hour !== this.#hour) this.#flush();
    this.#hour = hour;
    const [year, month, rest] = hour.split('-');
    const [day, hourOfDay] = (rest ?? '').split('T');
    const resource = `resourceId=${record.resourceId.toLowerCase()}`;
    const container = `insights-logs-${record.category.toLowerCase()}`;
    const path = `${container}/${resource}/y=${year}/m=${month}/d=${day}/h=${hourOfDay}/m=00/PT1H.json`;
    const pending = `${this.#pending.get(path) ?? ''}${line}\n`;
    this.#pending.set(path, pending);
    if (pending.length > pendingMax) this.#append(path, pending);
  }

  close(): void {
    this.#flush();
  }

  #flush(): void {
    for (const [path, pending] of this.#pending) this.#append(path, pending);
    this.#pending.clear();
  }

  #append(path: string, text: string): void {
    if (text === '') return;
    const file = join(this.#folder, path);
    if (!this.#known.has(file)) {
      this.#known.add(file);
      mkdirSync(dirname(file), { recursive: true });
      this.files.push(file);
    }
    const data = Buffer.from(text);
    appendFileSync(file, data);
    this.bytes += data.length;
    this.#pending.set(path, '');
  }
}
