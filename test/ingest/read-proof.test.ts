import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ReadProof } from '../../src/ingest/read-proof.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const delivery = (partition: string, next: number, text: string) => ({
  bytes: Buffer.from(text),
  to: { source: 'file', partition, offset: BigInt(next) },
});
const stretch = (partition: string, first: number, next: number, text: string) => ({
  ...{ source: 'file', partition, first: BigInt(first), next: BigInt(next), sha256: sha256(text) },
});

describe('ReadProof', () => {
  it('hashes a partition from where it began, over commits', () => {
    const proof = new ReadProof();
    proof.add(delivery('a', 3, 'abc'));
    expect(proof.take()).toEqual([stretch('a', 0, 3, 'abc')]);
    expect(proof.take()).toEqual([]);
    proof.add(delivery('a', 5, 'de'));
    expect(proof.take()).toEqual([stretch('a', 0, 5, 'abcde')]);
  });

  it('begins another stretch behind bytes that were not delivered, and for another partition', () => {
    const proof = new ReadProof();
    proof.add(delivery('a', 3, 'abc'));
    proof.add(delivery('a', 9, ''));
    proof.add(delivery('a', 11, 'kl'));
    proof.add(delivery('b', 2, 'xy'));
    expect(proof.take()).toEqual([stretch('a', 0, 3, 'abc'), stretch('a', 9, 11, 'kl'), stretch('b', 0, 2, 'xy')]);
  });
});
