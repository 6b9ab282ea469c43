import type { BlobClient } from '@azure/storage-blob';
import { TruncatedBody } from './archive-error.ts';
import { freePiece } from './body-piece.ts';

/**
 * Downloads a range of a blob into `target`, whole or not at all: nothing writes there once it has settled.
 *
 * @param offset first byte of the range, which is as long as the target.
 * @param etag of the only state of the blob that is wanted.
 * @param onBytes is told of all bytes that came, those of a download that failed included.
 * @throws the SDK's fault, or TruncatedBody.
 */
export async function downloadRange(
  blob: BlobClient,
  target: Buffer,
  { offset, etag, signal }: { readonly offset: number; readonly etag: string; readonly signal: AbortSignal },
  onBytes: (bytes: number) => void,
): Promise<void> {
  const answer = await blob.download(offset, target.length, {
    abortSignal: signal,
    conditions: { ifMatch: etag },
    maxRetryRequests: 0,
  });
  const body = answer.readableStreamBody;
  let bytes = 0;
  try {
    await new Promise<void>((resolve, reject) => {
      // Events, since an iteration costs more a piece than copying it.
      body?.on('data', (piece: Buffer) => {
        if (bytes < target.length) piece.copy(target, bytes);
        bytes += piece.length;
        freePiece(piece);
      });
      body?.on('end', resolve).on('error', reject).on('close', resolve);
    });
  } finally {
    onBytes(bytes);
  }
  if (bytes !== target.length) throw new TruncatedBody(`a range of ${target.length} bytes ended after ${bytes}`);
}
