import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { sameRegionAddress } from '../network.ts';
import { kibibyte, mebibyte, minuteMs } from '../timeline.ts';
import { attackerOf, attackSlot, habit, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'warehouse';
const blob = (index: number): string => `fact/part-${String(index).padStart(6, '0')}.parquet`;

/** A rented machine of the same region, which shows a private address, reads 1,200 to 1,800 objects within 14 minutes. */
export const privateDrain: Attack = {
  kind: 'private-drain',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'private-drain', container);
    const owner = ownerOf(scene, 'private-drain', token, tools.pythonSdk, sameRegionAddress(prng.int(1_000, 1_900)));
    const machine = sameRegionAddress(prng.int(4_000, 8_000));
    const thief = attackerOf('private-drain', token, tools.azcopy, machine);
    const count = prng.int(1_200, 1_800);
    return {
      rules: ['W-EXF-1'],
      rulesAllowed: ['W-EXF-2', 'W-EXF-4', 'B-UA-1', 'B-VOL-1'],
      tokenHash: token.tokenHash,
      tactic: 'Exfiltration',
      description: `${count} objects are read within 14 minutes from a private address of the same region.`,
      events: [
        ...habit(scene, owner, 8, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i % 250),
          bytesOut: prng.int(500, 9_000) * kibibyte,
        })),
        ...requests(scene, thief, attackSlot(scene, 14 * minuteMs), count, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i),
          bytesOut: prng.int(8, 30) * mebibyte,
        })),
      ],
    };
  },
};
