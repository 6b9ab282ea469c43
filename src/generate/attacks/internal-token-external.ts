import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { sameRegionAddress } from '../network.ts';
import { kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, habit, listing, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'payroll';
const blob = (index: number): string => `2024/month-${1 + (index % 12)}/slip-${String(index).padStart(5, '0')}.pdf`;

/** A token that machines of the region used for weeks is used from a public address: one listing and 15 to 60 reads. */
export const internalTokenExternal: Attack = {
  kind: 'internal-token-external',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'internal-token-external', container);
    const owner = ownerOf(scene, 'internal-token-external', token, tools.dotnetSdk, sameRegionAddress(1_500));
    const thief = attackerOf('internal-token-external', token, tools.dotnetSdk, attackerAddress(prng));
    const slot = attackSlot(scene, 20 * minuteMs);
    const count = prng.int(15, 60);
    return {
      rules: ['B-NET-2'],
      rulesAllowed: ['B-NET-1', 'B-OP-1', 'B-UA-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Initial Access',
      description: `A token of machines within the region lists and reads ${count} objects from a public address.`,
      events: [
        ...habit(scene, owner, 24, (i) => ({
          operation: i % 24 === 0 ? operations.listBlobs : operations.getBlob,
          container,
          blob: i % 24 === 0 ? '' : blob(i % 600),
          bytesOut: 120 * kibibyte,
        })),
        ...listing(scene, thief, container, slot.start - 2 * minuteMs, 1),
        ...requests(scene, thief, slot, count, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i * 9),
          bytesOut: 120 * kibibyte,
        })),
      ],
    };
  },
};
