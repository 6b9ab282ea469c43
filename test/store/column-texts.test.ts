import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findTexts } from '../../src/store/column-texts.ts';
import { EncoderWriter } from '../../src/store/encoder-writer.ts';
import { dictionaryTexts } from '../../src/store/parquet/dictionary-texts.ts';
import { thriftFields } from '../../src/store/parquet/thrift-fields.ts';
import { ThriftStruct } from '../../src/store/parquet/thrift-struct.ts';
import { PlainWriter } from '../../src/store/plain-writer.ts';
import { dictionaryOf, type Shape, tableOf } from './table-of.ts';
import { temporaryFolder } from './temporary-folder.ts';

it('finds the texts that are in the rows, in files of lanes and of DuckDB', { timeout: 60_000 }, async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const select = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  const writers = { encoder: new EncoderWriter(), plain: new PlainWriter(connection) };
  const shape: fc.Arbitrary<Shape> = fc.record({
    rows: fc.constantFrom(1, 40, 2_100),
    entries: fc.constantFrom(1, 2, 255, 300),
    nulls: fc.constantFrom('none', 'some', 'all'),
    padding: fc.constantFrom(0, 3),
    seed: fc.nat(),
  });
  const file = fc.record({ shape, writer: fc.constantFrom('encoder' as const, 'plain' as const) });
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(1, 200, 1_000),
      async (files, most) => {
        const paths: string[] = [];
        const texts = new Set<string>();
        for (const { shape, writer } of files) {
          const table = tableOf(shape);
          const path = join(folder, `${++number}.parquet`);
          await writers[writer].write(table, path, []);
          paths.push(path);
          for (const [text] of await select(`SELECT DISTINCT word FROM '${path}' WHERE word IS NOT NULL`))
            texts.add(String(text));
        }
        const byColumn = await findTexts(connection, paths, new Map([['word', most]]));
        const known = byColumn.get('word')?.entries;
        // A dictionary may have more than its rows.
        const entries = files.map(({ shape }) => (shape.nulls === 'all' ? 0 : shape.entries));
        const least = texts.size;
        const highest = entries.reduce((sum, each) => sum + each, 0);
        if (known === undefined) {
          expect(least === 0 || highest > most).toBe(true);
          return;
        }
        expect(known).toBeLessThanOrEqual(Math.min(most, highest));
        const found = (await select('SELECT DISTINCT text FROM entry')).map(([text]) => String(text));
        expect(found).toHaveLength(known);
        expect(found).toEqual(expect.arrayContaining([...texts]));
        expect(found).toContain(byColumn.get('word')?.text);
      },
    ),
    { numRuns: 40 },
  );
});

it('looks through a segment that has a column, but not in a dictionary, where it has no more values than it may', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const path = join(folder, 'segment.parquet');
  await new EncoderWriter().write(tableOf({ rows: 40, entries: 2, nulls: 'none', padding: 0, seed: 1 }), path, []);
  const found = async (text: number, word: number) => {
    const byColumn = await findTexts(connection, [path], new Map(Object.entries({ text, word })));
    return new Map([...byColumn].map(([name, { entries }]) => [name, entries]));
  };
  expect(await found(39, 2)).toEqual(new Map([['word', 2]]));
  expect(await found(39, 1)).toEqual(new Map());
  expect((await found(40, 2)).get('text')).toBeGreaterThan(20);
});

it('keeps the characters of texts', async () => {
  const folder = await temporaryFolder();
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  const words = ['', "it's", '\u0000', '\ufeffb', '𝄞', '☃', 'x'.repeat(70_000), 'a\u0000b'];
  const table = { rows: words.length, columns: [dictionaryOf(words)] };
  for (const [name, writer] of Object.entries({ encoder: new EncoderWriter(), plain: new PlainWriter(connection) })) {
    const path = join(folder, `${name}.parquet`);
    await writer.write(table, path, []);
    expect((await findTexts(connection, [path], new Map([['word', 100]]))).get('word')?.entries).toBe(words.length);
    const missing = await connection.runAndReadAll(`SELECT word FROM '${path}' EXCEPT SELECT text FROM entry`);
    expect(missing.getRows()).toEqual([]);
  }
});

it('reads the numbers and structs that were written', () => {
  const value = fc.integer({ min: -(2 ** 45), max: 2 ** 45 });
  fc.assert(
    fc.property(value, value, value, fc.nat({ max: 20 }), (a, b, c, start) => {
      const inner = new ThriftStruct().i64(1, b).struct(3, new ThriftStruct());
      const bytes = new ThriftStruct().i64(2, a).struct(7, inner).i64(9, c).bytes();
      const fields = thriftFields(Buffer.concat([Buffer.alloc(start), bytes, Buffer.alloc(3)]), start);
      expect([...fields.numbers]).toEqual([
        [2, a],
        [9, c],
      ]);
      expect([...(fields.structs.get(7)?.numbers ?? [])]).toEqual([[1, b]]);
      expect(fields.end).toBe(start + bytes.length);
    }),
  );
});

it('refuses what is no dictionary', () => {
  const page = (entries: number, texts: Buffer) =>
    Buffer.concat([
      new ThriftStruct()
        .i32(1, 2)
        .i32(2, texts.length)
        .i32(3, texts.length)
        .struct(7, new ThriftStruct().i32(1, entries))
        .bytes(),
      texts,
    ]);
  const text = Buffer.from([2, 0, 0, 0, 0x68, 0x69]);
  expect(dictionaryTexts(page(1, text), false, 1)).toEqual(['hi']);
  expect(dictionaryTexts(page(2, text), false, 1)).toBeNull();
  expect(() => dictionaryTexts(page(2, text), false, 2)).toThrow();
  expect(() => dictionaryTexts(page(1, text.subarray(0, 5)), false, 2)).toThrow();
  expect(() => dictionaryTexts(page(1, text), true, 2)).toThrow();
  expect(() => dictionaryTexts(new ThriftStruct().binary(1, 'x').bytes(), false, 2)).toThrow();
  expect(() => dictionaryTexts(new Uint8Array(), false, 2)).toThrow();
});
