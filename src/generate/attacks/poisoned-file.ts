import { anonymousCaller, tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { crowdAddress } from '../network.ts';
import { kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, habit, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'releases';
const targets = ['latest/app.js', 'latest/setup.exe', 'models/classifier.pt', 'dist/tool-1.4.whl'] as const;

/** One file that others run is replaced, with the release job's token but from a network it never used. */
export const poisonedFile: Attack = {
  kind: 'poisoned-file',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'poisoned-file', container);
    const owner = ownerOf(scene, 'poisoned-file', token, tools.azcopy);
    const thief = attackerOf('poisoned-file', token, tools.curl, attackerAddress(prng));
    const blob = prng.pick(targets);
    const readers = {
      caller: anonymousCaller(tools.browser),
      activity: 'poisoned-file owner',
      address: crowdAddress(prng.int(0, 9_999)),
    };
    const bytes = 640 * kibibyte;
    return {
      rules: ['W-POI-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-OP-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Impact',
      description: `${blob} is replaced from a network the release token was never used from.`,
      events: [
        ...habit(scene, owner, 6, (i) =>
          i % 6 === 0
            ? { operation: operations.putBlob, container, blob, bytesIn: bytes + i }
            : { operation: operations.getBlobProperties, container, blob: `nightly/build-${i}.zip` },
        ),
        ...habit(scene, readers, 6, () => ({ operation: operations.getBlob, container, blob, bytesOut: bytes })),
        ...requests(scene, thief, attackSlot(scene, minuteMs), 1, () => {
          return { operation: operations.putBlob, container, blob, bytesIn: bytes + 9_113 };
        }),
      ],
    };
  },
};
