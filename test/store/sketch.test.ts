import { readFile } from 'node:fs/promises';
import { DuckDBBlobValue, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { setSketchBit, sketchBytes, sketchHash, sketchMacro } from '../../src/store/sketch.ts';

const instance = await DuckDBInstance.create(':memory:');
const connection = await instance.connect();
beforeAll(() => connection.run(sketchMacro));
afterAll(() => instance.closeSync());

const hashOf = (text: string) => sketchHash(Buffer.from(text));

async function estimate(sketches: readonly Uint8Array[]): Promise<number> {
  const values = sketches.map((_, index) => `($${index + 1}::BLOB)`).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT distinct_estimate(bit_or(bits::BIT)) FROM (VALUES ${values}) v(bits)`,
    sketches.map((bytes) => new DuckDBBlobValue(bytes)),
  );
  return Number(reader.getRows()[0]?.[0]);
}

it('keeps the hash that the sketches in every lake are made with, as its page says', async () => {
  const page = await readFile('docs/sketch.md', 'utf8');
  const vectors = [...page.matchAll(/^\| `([^`]*)` \| (0x[0-9a-f]{8}) \|$/gm)];
  expect(vectors.length).toBe(6);
  await connection.run(/```sql\n(.*?)```/s.exec(page)?.[1] ?? '');
  for (const [, text = '', hash] of vectors) {
    expect(hashOf(text)).toBe(Number(hash));
    const reader = await connection.runAndReadAll('SELECT sketch_hash($1)::BIGINT', [text]);
    expect(Number(reader.getRows()[0]?.[0])).toBe(Number(hash));
  }
  expect(hashOf('/models/data/ä.bin')).toBe(0x5da63bbb);
});

it('puts bit k where DuckDB finds it', async () => {
  const bits = new Uint8Array(sketchBytes);
  setSketchBit(bits, 0, 1024 + 9);
  expect([...bits.subarray(0, 2)]).toEqual([0, 0x40]);
  const reader = await connection.runAndReadAll('SELECT get_bit($1::BLOB::BIT, 9)', [new DuckDBBlobValue(bits)]);
  expect(reader.getRows()).toEqual([[1]]);
});

const kinds: Record<string, (index: number, seed: number) => string> = {
  addresses: (index, seed) => `203.${seed}.${index >> 8}.${index & 255}`,
  'numbered objects': (index, seed) => `/models/data/${seed}/part-${String(index).padStart(6, '0')}.parquet`,
  'short names': (index, seed) => `${seed}-${index}`,
};

it.each([
  [10, 0.1, 0.03],
  [100, 0.13, 0.05],
  [1000, 0.13, 0.05],
])('estimates %i distinct values, merged from four parts, within bounds', async (count, worst, mean) => {
  for (const of of Object.values(kinds)) {
    const errors: number[] = [];
    for (let seed = 0; seed < 30; seed++) {
      const parts = Array.from({ length: 4 }, () => new Uint8Array(sketchBytes));
      for (let index = 0; index < count; index++) {
        // Some values fall into two parts, as the same address does in two segments.
        setSketchBit(parts[index % 4]!, 0, hashOf(of(index, seed)));
        if (index % 3 === 0) setSketchBit(parts[(index + 1) % 4]!, 0, hashOf(of(index, seed)));
      }
      errors.push(Math.abs((await estimate(parts)) - count) / count);
    }
    expect(Math.max(...errors)).toBeLessThanOrEqual(worst);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(mean);
  }
});

it('says 0 for nothing and at most 7,098 for a full bitmap', async () => {
  expect(await estimate([new Uint8Array(sketchBytes)])).toBe(0);
  expect(await estimate([new Uint8Array(sketchBytes).fill(255)])).toBe(7098);
});
