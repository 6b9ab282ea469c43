import { tools } from '../caller.ts';
import { operations } from '../log-event.ts';
import { dayMs, kibibyte, mebibyte } from '../timeline.ts';
import { attackerAddress, attackerOf, habit, loaderOf, openingDays, ownerOf, ownersToken, requests } from './acting.ts';
import type { Attack } from './attack.ts';

const container = 'contracts';
const objects = 1_250;
const drained = 900;
const filmBytes = 200 * mebibyte;
const contract = (index: number): string => `signed/${index % 25}/contract-${String(index).padStart(5, '0')}.pdf`;

/**
 * For up to two weeks somebody reads 65 small objects a day, 1 % of the bytes that the owner reads with the same token,
 * until nearly three quarters of the container are gone.
 */
export const slowDrain: Attack = {
  kind: 'slow-drain',
  plan(scene) {
    const { prng, period } = scene;
    const token = ownersToken(scene, 'slow-drain', container);
    const owner = ownerOf(scene, 'slow-drain', token, tools.pythonSdk);
    const thief = attackerOf('slow-drain', token, tools.curl, attackerAddress(prng));
    const length = period.end - period.start;
    const start = period.start + (0.38 + 0.08 * prng.unit()) * length;
    const span = { start, end: start + Math.min(14 * dayMs, 0.5 * length) };
    const uploader = loaderOf(scene, 'slow-drain', 31);
    return {
      rules: ['W-EXF-4'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-VOL-1', 'X-TI-1'],
      tokenHash: token.tokenHash,
      tactic: 'Exfiltration',
      description: `${drained} of ${objects} objects are read over two weeks, at 1 % of the token's usual bytes a day.`,
      events: [
        ...requests(scene, uploader, openingDays(scene), objects, (i) => ({
          operation: operations.putBlob,
          container,
          blob: contract(i),
          bytesIn: 1_500 * kibibyte,
        })),
        ...habit(scene, owner, 48, (i) => ({
          operation: operations.getBlob,
          container,
          blob: `recordings/call-${String(i % 400).padStart(5, '0')}.wav`,
          bytesOut: filmBytes,
        })),
        ...requests(scene, thief, span, drained, (i) => ({
          operation: operations.getBlob,
          container,
          blob: contract((i * 7) % objects),
          bytesOut: 1_500 * kibibyte,
        })),
      ],
    };
  },
};
