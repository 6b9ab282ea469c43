import { sasCaller, tools } from '../caller.ts';
import { serviceGrant } from '../grants.ts';
import { operations } from '../log-event.ts';
import { hourMs, kibibyte, minuteMs } from '../timeline.ts';
import { attackerAddress, attackSlot, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'vault';
const tokenCount = 500;
const blob = (index: number): string => `deed-${String(index).padStart(5, '0')}.pdf`;

/** Whoever has key1 mints 500 tokens for one object each and reads with each of them twice, all within 15 minutes. */
export const stolenSigner: Attack = {
  kind: 'stolen-signer',
  plan(scene) {
    const { account, book, prng } = scene;
    const slot = attackSlot(scene, 15 * minuteMs);
    const address = attackerAddress(prng);
    const minted = Array.from({ length: tokenCount }, (_, index) =>
      book.mint({
        name: `${account.name} stolen-signer ${index}`,
        benign: false,
        account: account.name,
        key: account.key1,
        resource: `${container}/${blob(index)}`,
        parameters: serviceGrant('b', 'r', { start: slot.start - minuteMs, end: slot.end + hourMs }),
      }),
    );
    const [first] = minted;
    if (first === undefined) throw new Error('no token was minted');
    const who = { caller: sasCaller(first, tools.requests), activity: 'stolen-signer', address };
    return {
      rules: ['W-AUT-1'],
      rulesAllowed: ['W-EXF-1', 'X-TI-1'],
      tokenHash: first.tokenHash,
      tokenHashes: minted.slice(1).map(({ tokenHash }) => tokenHash),
      tactic: 'Initial Access',
      description: `${tokenCount} tokens minted with a stolen account key read an object each from one address.`,
      events: requests(scene, { ...who, incident: 'stolen-signer' }, slot, 2 * tokenCount, (i) => {
        const index = i >> 1;
        const operation = i % 2 === 0 ? operations.getBlobProperties : operations.getBlob;
        const bytesOut = i % 2 === 0 ? 0 : prng.int(100, 3_000) * kibibyte;
        return {
          operation,
          container,
          blob: blob(index),
          bytesOut,
          caller: sasCaller(minted[index] ?? first, tools.requests),
        };
      }),
    };
  },
};
