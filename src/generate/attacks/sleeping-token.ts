import { tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { operations } from '../log-event.ts';
import { dayMs, hourMs, kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackerOf, attackSlot, listing, ownerOf, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'handover-2023';
const blob = (index: number): string => `delivery/item-${String(index).padStart(4, '0')}.zip`;
const activeDays = 10;

/** A container SAS of a project that ended 60 to 80 days before the period began is used again. */
export const sleepingToken: Attack = {
  kind: 'sleeping-token',
  plan(scene) {
    const { account, book, prng, period } = scene;
    const lastUse = period.start - prng.int(60, 80) * dayMs;
    const firstUse = lastUse - activeDays * dayMs;
    const token = book.mint({
      name: `${account.name} sleeping-token`,
      benign: false,
      account: account.name,
      key: account.key2,
      resource: container,
      parameters: serviceGrant('c', 'rl', { start: firstUse - hourMs, end: firstUse + 180 * dayMs }),
    });
    const owner = ownerOf(scene, 'sleeping-token', token, tools.storageExplorer);
    const thief = attackerOf('sleeping-token', token, tools.requests, attackerAddress(prng));
    const slot = attackSlot(scene, 30 * minuteMs);
    const read = (i: number) => ({
      operation: operations.getBlob,
      container,
      blob: blob(i % 90),
      bytesOut: prng.int(200, 9_000) * kibibyte,
    });
    return {
      rules: ['B-SLP-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-OP-1', 'B-VOL-1', 'P-02', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Initial Access',
      description: 'A token of a project that ended months ago is used again.',
      events: [
        ...requests(scene, owner, { start: firstUse, end: lastUse }, 160, read),
        ...listing(scene, thief, container, slot.start - 2 * minuteMs, 1),
        ...requests(scene, thief, slot, prng.int(20, 45), read),
      ],
    };
  },
};
