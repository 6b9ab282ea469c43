import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { BlobServiceClient } from '@azure/storage-blob';

export interface Uploaded {
  readonly containers: readonly string[];
  /** The lines of all that was uploaded. */
  readonly lines: readonly string[];
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
  const waiting = [...places];
  const lines: string[] = [];
  const work = async () => {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) {
      const bytes = await readFile(place.file);
      lines.push(...bytes.toString('utf8').split('\n').filter(Boolean));
      await service.getContainerClient(place.container).getBlockBlobClient(place.name).uploadData(bytes);
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return { containers, lines };
}
