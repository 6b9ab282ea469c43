import { describe, expect, it } from 'vitest';
import { keyCaller, sasCaller, tools } from '../../src/generate/caller.ts';
import { workspaceAccount as account, TokenBook } from '../../src/generate/estate.ts';
import { type EventDraft, logEvent, operations } from '../../src/generate/log-event.ts';
import { Prng } from '../../src/generate/prng.ts';
import { RecordWriter, TimeText } from '../../src/generate/record.ts';

const parameters = { sv: '2019-12-12', si: 'partner', sr: 'c' };
const token = new TokenBook().mint({
  name: 't',
  benign: true,
  account: account.name,
  key: account.key1,
  resource: '$web',
  parameters,
});
const draft: EventDraft = {
  time: Date.UTC(2022, 2, 11, 2, 10, 44, 123),
  operation: operations.getBlob,
  account,
  caller: sasCaller(token, tools.azcopy),
  callerIp: '192.0.2.9:4711',
  activity: 'test',
};

function written(
  changes: Partial<EventDraft>,
  unredacted = 0,
): { text: string; record: Record<string, unknown>; properties: Record<string, unknown> } {
  const text = new RecordWriter(new Prng(1, 'test'), unredacted).write(logEvent({ ...draft, ...changes }));
  const record = JSON.parse(text);
  return { text, record, properties: record.properties };
}

describe('RecordWriter', () => {
  it('writes times with seven decimals', () => {
    expect(written({}).record['time']).toBe('2022-03-11T02:10:44.1230000Z');
    expect(new TimeText().iso(Date.UTC(2020, 6, 20, 23, 59, 59, 999) + 0.5)).toBe('2020-07-20T23:59:59.9995000Z');
  });

  it('encodes names in the uri and not in the object key', () => {
    const { record, properties } = written({ container: '$web', blob: 'a b/ü.html', bytesOut: 5 });
    expect(properties['objectKey']).toBe('/robustnessws/$web/a b/ü.html');
    expect(record['uri']).toBe(
      'https://robustnessws.blob.core.windows.net:443/%24web/a%20b/%C3%BC.html?sv=2019-12-12&si=partner&sr=c&sig=XXXXX',
    );
  });

  it('leaves out what is zero or empty', () => {
    const { properties } = written({ operation: operations.deleteBlob, container: 'tmp', blob: 'x', statusCode: 202 });
    for (const field of ['responseBodySize', 'requestBodySize', 'etag', 'lastModifiedTime', 'downloadRange']) {
      expect(properties).not.toHaveProperty(field);
    }
  });

  it('names the range of a ranged read and quotes the etag', () => {
    const { properties } = written({ container: 'models', blob: 'x', statusCode: 206, rangeStart: 100, bytesOut: 50 });
    expect(properties).toMatchObject({ downloadRange: 'bytes=100-149', responseBodySize: 50 });
    expect(properties['etag']).toMatch(/^"0x8D[0-9A-F]{13}"$/);
  });

  it('puts the query of the operation before the SAS', () => {
    const { record } = written({ operation: operations.listBlobs, container: 'models', queryTail: '&marker=2' });
    expect(record['uri']).toContain('/models?restype=container&comp=list&maxresults=5000&include=&marker=2&sv=');
  });

  it('shows a signature only where redaction is under test', () => {
    expect(written({}).text).not.toContain(encodeURIComponent(token.signature));
    expect(written({}, 1).text).toContain(`sig=${encodeURIComponent(token.signature)}`);
  });

  it('writes account key callers without a SAS', () => {
    const { record } = written({ caller: keyCaller(account.key1, tools.curl), container: 'models', blob: 'x' });
    expect(record['identity']).toMatchObject({
      type: 'AccountKey',
      tokenHash: expect.stringMatching(/^key1\([0-9A-F]{64}\)$/),
    });
    expect(record['uri']).toBe('https://robustnessws.blob.core.windows.net:443/models/x');
  });
});
