import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { kibibyte, minuteMs } from '../timeline.ts';
import {
  attackerAddress,
  attackerOf,
  attackSlot,
  habit,
  loaderOf,
  openingDays,
  ownerOf,
  ownersToken,
  requests,
} from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'documents';
const blob = (index: number): string => `dept-${index % 9}/letter-${String(index).padStart(5, '0')}.docx`;
const size = (index: number): number => (30 + (index % 500)) * kibibyte;
const envelopeBytes = 48;

/** 60 to 140 objects are read, written again under another ending with a few bytes more, and deleted: extortion. */
export const encryptAndDelete: Attack = {
  kind: 'encrypt-and-delete',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'encrypt-and-delete', container);
    const owner = ownerOf(scene, 'encrypt-and-delete', token, tools.storageExplorer);
    const thief = attackerOf('encrypt-and-delete', token, tools.pythonScript, attackerAddress(prng));
    const loader = loaderOf(scene, 'encrypt-and-delete', 34);
    const count = prng.int(60, 140);
    return {
      rules: ['W-OVR-2'],
      rulesAllowed: ['W-DEL-1', 'W-DEL-4', 'W-OVR-3', 'B-NET-1', 'B-UA-1', 'B-OP-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Impact',
      description: `${count} objects are read, written encrypted beside themselves and deleted within 25 minutes.`,
      events: [
        ...requests(scene, loader, openingDays(scene), 200, (i) => {
          return { operation: operations.putBlob, container, blob: blob(i), bytesIn: size(i) };
        }),
        ...habit(scene, owner, 10, (i) =>
          i % 5 === 0
            ? { operation: operations.putBlob, container, blob: blob(1_000 + i), bytesIn: size(i) }
            : { operation: operations.getBlob, container, blob: blob(i % 200), bytesOut: size(i % 200) },
        ),
        ...requests(scene, thief, attackSlot(scene, 25 * minuteMs), 3 * count, (i) => {
          const index = Math.floor(i / 3);
          const name = blob(index);
          if (i % 3 === 0) return { operation: operations.getBlob, container, blob: name, bytesOut: size(index) };
          if (i % 3 === 2) return { operation: operations.deleteBlob, statusCode: 202, container, blob: name };
          const bytesIn = size(index) + envelopeBytes;
          return { operation: operations.putBlob, container, blob: `${name}.locked`, bytesIn };
        }),
      ],
    };
  },
};
