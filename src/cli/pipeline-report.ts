import type { Fallback } from '../ingest/decode/decoder.ts';
import type { FoundLogs } from '../ingest/sources/plan.ts';
import { jsonLine } from '../query/render/jsonl.ts';
import { write } from './effects.ts';
import { errorReport } from './error-report.ts';
import { tellNews } from './incident-news.ts';
import type { IngestMeter } from './ingest-meter.ts';
import type { PipelineHooks } from './pipeline.ts';
import { createProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';

/** Tells people, and with `--json` programs, what a pipeline does: progress, incidents as they appear, the summary. */
export class PipelineReport {
  readonly #session: Session;
  readonly #progress: Progress;
  #total: number | null = null;
  #toldFallback = false;

  constructor(session: Session) {
    this.#session = session;
    this.#progress = createProgress(session.effects, session.quiet);
  }

  get hooks(): PipelineHooks {
    return {
      onOpen: ({ orphanFiles, temporaryFiles, walSetAside, restoredSegments, staleLock, missingFiles }) => {
        if (staleLock !== null)
          this.note(`the process ${staleLock} that had this folder is gone; its lock was taken over`);
        if (orphanFiles + temporaryFiles > 0)
          this.note(`removed ${orphanFiles + temporaryFiles} files of an unfinished batch`);
        if (walSetAside !== null) this.note(`the catalog's write-ahead log was damaged and set aside: ${walSetAside}`);
        if (restoredSegments > 0)
          this.note(`the catalog had lost ${restoredSegments} files, which the newest manifest gave back`);
        if (missingFiles.length > 0)
          this.note(`committed files are missing: ${missingFiles.length}, first ${missingFiles[0]}`);
      },
      onCommit: (meter, { fallback }) => {
        if (fallback !== null) this.#fallback(fallback);
        this.#progress.update(this.#line(meter));
      },
      onFindings: (findings, news) => tellNews(findings, news, this.#outlets),
      onUpkeep: ({ steps, rows, files_before, files_after, duplicates, expired_files }) => {
        if (steps > 0)
          this.note(
            `compacted ${rows.toLocaleString('en')} rows: ${files_before} files became ${files_after}, ${duplicates} duplicates`,
          );
        if (expired_files > 0) this.note(`retention: gave up ${expired_files} files`);
      },
      onFault: (fault) => {
        this.#progress.fault(errorReport(fault, this.#session.debug));
        this.note('the other rules go on without it');
      },
      onNote: (text) => this.note(text),
    };
  }

  /** What is going to be read; the sum of bytes gives progress a percentage. */
  found(noun: 'file' | 'blob', { files, skipped, unread }: FoundLogs): void {
    const { logs, bytes } = unread;
    this.#total = (this.#total ?? 0) + bytes;
    const of = logs === files ? '' : ` of ${files}`;
    this.note(`reading ${logs}${of} ${files === 1 ? noun : `${noun}s`}, ${megabytes(bytes)} MB`);
    if (skipped.length > 0)
      this.note(
        `skipped ${skipped.length} ${skipped.length === 1 ? noun : `${noun}s`} without logs: ${skipped.slice(0, 3).join(', ')}${skipped.length > 3 ? ' …' : ''}`,
      );
  }

  note(text: string): void {
    this.#progress.note(text);
  }

  progress(line: string): void {
    this.#progress.update(line);
  }

  get #outlets() {
    const { effects, json } = this.#session;
    const object = json ? (row: object) => void effects.stdout.write(jsonLine(row)) : null;
    return { note: (line: string) => this.note(line), colour: effects.isTTY.stderr, object };
  }

  /** Clears the line of progress. */
  close(): void {
    this.#progress.end();
  }

  /** Something for people, an object with `--json`. */
  tell(object: object, line: string): void {
    if (this.#session.json) this.#session.effects.stdout.write(jsonLine(object));
    else this.note(line);
  }

  /** The last line of a command. */
  async end(summary: object): Promise<void> {
    this.#progress.end();
    const { stdout } = this.#session.effects;
    if (this.#session.json) return write(stdout, jsonLine({ type: 'summary', ...summary }));
    const width = Math.max(...Object.keys(summary).map((key) => key.length));
    await write(
      stdout,
      Object.entries(summary)
        .map(([key, value]) => `${key.padEnd(width)}  ${value}\n`)
        .join(''),
    );
  }

  /** Said once: where the scanner gives up on whole inputs, parsing costs several times as much. */
  #fallback({ inputs, firstField }: Fallback): void {
    if (inputs === 0 || this.#toldFallback) return;
    this.#toldFallback = true;
    this.note(`the scanner leaves these logs to the slower decoder, first at ${firstField ?? 'the form of a record'}`);
  }

  #line(meter: IngestMeter): string {
    const { rows, bytes, elapsedS, newestUs } = meter;
    const total = this.#total ?? 0;
    const done = total > 0 ? `${Math.min(100, Math.round((100 * bytes) / total))} %  ` : '';
    const left = total > bytes && bytes > 0 ? `  ${duration(((total - bytes) * elapsedS) / bytes)} left` : '';
    const newest = new Date(Number(newestUs / 1_000n)).toISOString().slice(0, 19);
    return `${done}${rows.toLocaleString('en')} rows  ${Math.round(rows / elapsedS).toLocaleString('en')} rows/s  ${megabytes(bytes / elapsedS)} MB/s  newest ${newest}Z${left}`;
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 });
}

/** As `45 s`, `12 min`, `3.5 h`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  return seconds < 6_000 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
