import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { kibibyte, mebibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, habit, listing, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'customer-files';
const blob = (index: number): string => `tenant-${index % 60}/file-${String(index).padStart(6, '0')}.zip`;

/** A partner's container SAS is found; 1,300 to 2,500 objects go within twelve minutes to an address never seen. */
export const fastDrain: Attack = {
  kind: 'fast-drain',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'fast-drain', container);
    const owner = ownerOf(scene, 'fast-drain', token, tools.dotnetSdk);
    const thief = attackerOf('fast-drain', token, prng.pick([tools.rclone, tools.azcopy]), attackerAddress(prng));
    const slot = attackSlot(scene, 12 * minuteMs);
    const count = prng.int(1_300, 2_500);
    return {
      rules: ['W-EXF-1'],
      rulesAllowed: ['W-EXF-2', 'W-EXF-4', 'B-NET-1', 'B-UA-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Exfiltration',
      description: `${count} objects are read within twelve minutes with a partner's token, from an address never seen.`,
      events: [
        ...habit(scene, owner, 8, (i) => ({
          operation: i % 8 === 0 ? operations.listBlobs : operations.getBlob,
          container,
          blob: i % 8 === 0 ? '' : blob(i % 300),
          bytesOut: prng.int(100, 4_000) * kibibyte,
        })),
        ...listing(scene, thief, container, slot.start - 2 * minuteMs, 1),
        ...requests(scene, thief, slot, count, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i),
          bytesOut: prng.int(4, 30) * mebibyte,
        })),
      ],
    };
  },
};
