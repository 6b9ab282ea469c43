import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { hourMs, kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, habit, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'archive-2024';
const blob = (index: number): string => `box-${index % 8}/scan-${String(index).padStart(5, '0')}.tiff`;
const size = (index: number): number => (200 + (index % 700)) * kibibyte;
const readable = 120;

/** 40 to 80 objects are written over under a key that only the caller has; whoever read them before now gets 409. */
export const customerKeyLock: Attack = {
  kind: 'customer-key-lock',
  plan(scene) {
    const { prng } = scene;
    const reader = ownersToken(scene, 'customer-key-lock reader', container, 'readers');
    const token = ownersToken(scene, 'customer-key-lock', container, 'editors');
    const owner = ownerOf(scene, 'customer-key-lock', reader, tools.dotnetSdk);
    const editor = ownerOf(scene, 'customer-key-lock', token, tools.storageExplorer);
    const thief = attackerOf('customer-key-lock', token, tools.pythonSdk, attackerAddress(prng));
    const slot = attackSlot(scene, 10 * minuteMs);
    const count = prng.int(40, 80);
    const read = (i: number) => ({ operation: operations.getBlob, container, blob: blob(i), bytesOut: size(i) });
    return {
      rules: ['W-OVR-4'],
      rulesAllowed: ['W-OVR-1', 'W-ERR-1', 'B-NET-1', 'B-UA-1', 'B-OP-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tokenHashes: [reader.tokenHash],
      tactic: 'Impact',
      description: `${count} objects are overwritten under a customer-provided key; their readers are locked out.`,
      events: [
        ...habit(scene, owner, 20, (i) => read(i % readable)).filter(({ time }) => time < slot.start),
        ...habit(scene, editor, 6, (i) =>
          i % 3 === 0 ? { ...read(i % readable), operation: operations.getBlobProperties, bytesOut: 0 } : read(i % 50),
        ).filter(({ time }) => time < slot.start),
        ...requests(scene, thief, slot, count, (i) => ({
          operation: operations.putBlob,
          container,
          blob: blob(i),
          bytesIn: size(i),
          properties: '"encryptionKeyTypeOfBlob":"CustomerProvidedKey",',
        })),
        ...requests(
          scene,
          { ...owner, activity: 'customer-key-lock', incident: 'customer-key-lock' },
          { start: slot.end, end: slot.end + 2 * hourMs },
          Math.floor(count / 2),
          (i) => ({
            operation: operations.getBlob,
            container,
            blob: blob(2 * i),
            statusCode: 409,
            statusText: 'BlobUsesCustomerSpecifiedEncryption',
            bytesOut: 380,
          }),
        ),
      ],
    };
  },
};
