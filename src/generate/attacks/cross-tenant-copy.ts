import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { storageServiceAddress } from '../network.ts';
import { kibibyte, mebibyte, minuteMs } from '../timeline.ts';
import { attackerOf, attackSlot, habit, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'designs';
const blob = (index: number): string => `rev-${index % 20}/part-${String(index).padStart(5, '0')}.step`;
const foreignAccount =
  '/subscriptions/ffffffff-0000-4000-8000-0000000000ff/resourceGroups/rg-elsewhere/providers/Microsoft.Storage/storageAccounts/elsewhere01';

/** The storage service reads 150 to 300 objects for copies into an account of another tenant. */
export const crossTenantCopy: Attack = {
  kind: 'cross-tenant-copy',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'cross-tenant-copy', container);
    const owner = ownerOf(scene, 'cross-tenant-copy', token, tools.dotnetSdk);
    const thief = attackerOf('cross-tenant-copy', token, tools.storageService, storageServiceAddress(prng.int(0, 200)));
    const count = prng.int(150, 300);
    return {
      rules: ['W-EXF-3'],
      rulesAllowed: ['W-EXF-1', 'W-EXF-4', 'B-NET-1', 'B-UA-1', 'B-VOL-1'],
      tokenHash: token.tokenHash,
      tactic: 'Exfiltration',
      description: `${count} objects are copied by the storage service into an account of another tenant.`,
      events: [
        ...habit(scene, owner, 10, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i % 80),
          bytesOut: 400 * kibibyte,
        })),
        ...requests(scene, thief, attackSlot(scene, 25 * minuteMs), count, (i) => ({
          operation: operations.getBlob,
          container,
          blob: blob(i),
          bytesOut: prng.int(2, 60) * mebibyte,
          properties: `"copyDestinationArmId":"${foreignAccount}",`,
        })),
      ],
    };
  },
};
