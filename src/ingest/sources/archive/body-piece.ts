import { MessageChannel } from 'node:worker_threads';

/** Below this, freeing costs more than what it saves. */
const freedBytesMin = 4 << 10;

const nowhere = closedPort();

/**
 * Frees the memory of a piece of a body that has been copied.
 *
 * Node counts a piece as garbage of 64 kB, though its object takes some hundred bytes: the collector would not come by for
 * young objects in time, but mark all of a lane's heap for every few megabytes downloaded, which costs more than downloading.
 */
export function freePiece(piece: Buffer): void {
  const { buffer, length } = piece;
  if (length < freedBytesMin || length !== buffer.byteLength || !(buffer instanceof ArrayBuffer)) return;
  nowhere.postMessage(null, [buffer]);
}

/** A port with nobody behind it: what is transferred to it is gone at once. Node 20 has no `ArrayBuffer.transfer`. */
function closedPort() {
  const { port1 } = new MessageChannel();
  port1.close();
  return port1;
}
