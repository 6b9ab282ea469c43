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

const container = 'records';
const blob = (index: number): string => `ledger/${index % 12}/entry-${String(index).padStart(5, '0')}.csv`;
const size = (index: number): number => (20 + (index % 300)) * kibibyte;

/** 130 to 260 objects are written over within twelve minutes, each with as many bytes as it had. */
export const sameSizeOverwrite: Attack = {
  kind: 'same-size-overwrite',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'same-size-overwrite', container);
    const owner = ownerOf(scene, 'same-size-overwrite', token, tools.dotnetSdk);
    const thief = attackerOf('same-size-overwrite', token, tools.pythonSdk, attackerAddress(prng));
    const loader = loaderOf(scene, 'same-size-overwrite', 33);
    const count = prng.int(130, 260);
    const write = (i: number) => ({ operation: operations.putBlob, container, blob: blob(i), bytesIn: size(i) });
    return {
      rules: ['W-OVR-1'],
      rulesAllowed: ['W-OVR-2', 'B-NET-1', 'B-UA-1', 'B-OP-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Impact',
      description: `${count} objects are overwritten within twelve minutes without changing their sizes.`,
      events: [
        ...requests(scene, loader, openingDays(scene), 300, write),
        ...habit(scene, owner, 10, (i) =>
          i % 5 === 0
            ? write(1_000 + i)
            : { operation: operations.getBlob, container, blob: blob(i % 300), bytesOut: size(i % 300) },
        ),
        ...requests(scene, thief, attackSlot(scene, 12 * minuteMs), count, write),
      ],
    };
  },
};
