import { expect, it } from 'vitest';
import { sniffFraming } from '../../../src/ingest/sources/file-format.ts';

const record = '{"time":"2026-01-01T00:00:00Z","operationName":"GetBlob","category":"StorageRead"}';
const body = `{"records":[${record}]}`;
const classic = '1.0;2026-01-01T00:00:00.0000000Z;GetBlob;SASSuccess;200;4;4;authenticated';
const framing = (text: string) => sniffFraming(Buffer.from(text));

it('recognises a log by how it begins', () => {
  expect(framing(`${record}\n`)).toBe('lines');
  expect(framing(`\uFEFF\r\n${JSON.stringify(JSON.parse(body), null, 2)}`)).toBe('records');
  expect(framing(classic)).toBe('classic');
  expect(framing(' \n')).toBe('empty');
});

it.each([
  ['half a record', record.slice(30)],
  ['a remark', '# exported on Monday'],
  ['a record that lost its end', record.slice(0, 25)],
])('recognises a log that begins with %s', (_, junk) => {
  expect(framing(`${junk}\n${record}\n${record}\n`)).toBe('lines');
  expect(framing(`${junk}\r\n\r\n ${body}\r\n`)).toBe(junk.startsWith('{') ? 'lines' : 'records');
  expect(framing(`${junk.replace('{', '')}\n${classic}\n`)).toBe('classic');
});

it('takes no other file for a log', () => {
  for (const text of ['time,operationName\n1,2\n', '{"name":"saswatch"}\n', `[\n  ${JSON.stringify({ a: 1 })}\n]`])
    expect(framing(text)).toBeNull();
});
