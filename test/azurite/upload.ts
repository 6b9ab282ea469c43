import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BlobServiceClient } from '@azure/storage-blob';

export interface Uploaded {
  readonly containers: readonly string[];
  /** The lines of all that was uploaded. */
  readonly lines: readonly string[];
}

/** What Storage Analytics says of a log in its blob's metadata. */
function classicMetadata(lines: readonly string[]): Record<string, string> {
  const times = lines.map((line) => line.split(';', 2)[1] ?? '').sort();
  const seconds = (time: string | undefined) => `${(time ?? '').slice(0, 19)}Z`;
  return {
    LogType: 'read,write,delete',
    LogVersion: '2.0',
    StartTime: seconds(times[0]),
    EndTime: seconds(times.at(-1)),
  };
}

/** Uploads the files below a folder whose first level is containers, those whose path matches; eight at a time. */
export async function uploadContainers(service: BlobServiceClient, folder: string, which: RegExp): Promise<Uploaded> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => which.test(file));
  const places = files.map((file) => {
    const [container = '', ...name] = relative(folder, file).split(sep);
    return { file, container, name: name.join('/') };
  });
  const containers = [...new Set(places.map(({ container }) => container))];
  for (const container of containers) await service.getContainerClient(container).createIfNotExists();
  const waiting = places.values();
  const lines: string[] = [];
  const work = async () => {
    for (const { file, container, name } of waiting) {
      const bytes = await readFile(file);
      const own = bytes.toString('utf8').split('\n').filter(Boolean);
      lines.push(...own);
      const blob = service.getContainerClient(container).getBlockBlobClient(name);
      await blob.upload(bytes, bytes.length, file.endsWith('.log') ? { metadata: classicMetadata(own) } : {});
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return { containers, lines };
}
