import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ArchiveLayout, LoggedRecord } from './archive-layout.ts';
import type { LogSink } from './log-folder.ts';

/** Characters kept per file before they are appended. */
const pendingMax = 1 << 20;

/** A folder laid out as an archive, an hour a file. */
export class ArchiveFolder implements LogSink {
  readonly files: string[] = [];
  bytes = 0;
  readonly #folder: string;
  readonly #layout: ArchiveLayout;
  readonly #pending = new Map<string, string>();
  readonly #known = new Set<string>();
  #hour = '';

  constructor(folder: string, layout: ArchiveLayout) {
    this.#folder = folder;
    this.#layout = layout;
  }

  writeLine(line: string): void {
    const record: LoggedRecord = JSON.parse(line);
    const hour = record.time.slice(0, 13);
    if (hour !== this.#hour) this.#flush();
    this.#hour = hour;
    const path = this.#layout.path(record);
    const pending = `${this.#pending.get(path) ?? ''}${this.#layout.line(record, line)}\n`;
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
