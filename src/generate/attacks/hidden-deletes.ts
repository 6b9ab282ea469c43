import { tools, trustedCaller } from '../caller.ts';
import { operations } from '../log-event.ts';
import { dayMs, hourMs, kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, habit, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'retained';
const blob = (index: number): string => `case/${index % 30}/exhibit-${String(index).padStart(5, '0')}.pdf`;

/** At night, while a lifecycle rule deletes a thousand objects of the same container, a SAS deletes 150 to 350 more. */
export const hiddenDeletes: Attack = {
  kind: 'hidden-deletes',
  plan(scene) {
    const { prng } = scene;
    const token = ownersToken(scene, 'hidden-deletes', container);
    const owner = ownerOf(scene, 'hidden-deletes', token, tools.dotnetSdk);
    const thief = attackerOf('hidden-deletes', token, tools.azcopy, attackerAddress(prng));
    const { start, end } = attackSlot(scene, 8 * minuteMs);
    const night = Math.floor(start / dayMs) * dayMs + 2 * hourMs;
    const from = night < scene.period.start ? start : night;
    const slot = { start: from, end: from + end - start };
    const rule = { caller: trustedCaller(), activity: 'hidden-deletes owner', address: '10.161.7.9' };
    const count = prng.int(150, 350);
    const removal = { operation: operations.deleteBlob, statusCode: 202, container };
    return {
      rules: ['W-DEL-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-OP-1', 'B-VOL-1', 'W-DEL-4', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Impact',
      description: `${count} objects are deleted with a SAS while a lifecycle rule deletes 1,000 others beside them.`,
      events: [
        ...habit(scene, owner, 10, (i) => {
          if (i % 10 === 9) return { ...removal, blob: `draft/${i}.tmp` };
          if (i % 3 === 0) return { operation: operations.putBlob, container, blob: blob(i), bytesIn: 80 * kibibyte };
          return { operation: operations.getBlob, container, blob: blob(i % 500), bytesOut: 80 * kibibyte };
        }),
        ...requests(scene, rule, { start: from - minuteMs, end: slot.end + minuteMs }, 1_000, (i) => ({
          ...removal,
          blob: `expired/${String(i).padStart(5, '0')}.pdf`,
          queryTail: 'sv=2019-02-02&sp=rwdlacuptx&sr=c&sk=system-1&sig=XXXXX',
        })),
        ...requests(scene, thief, slot, count, (i) => ({ ...removal, blob: blob(i) })),
      ],
    };
  },
};
