import { describe, expect, it } from 'vitest';
import { dayFolder, filedAround, filedLog, overlaps, spanOf } from '../../../../src/ingest/sources/archive/layout.ts';
import { isArchiveUrl, parseArchiveUrl } from '../../../../src/ingest/sources/archive/url.ts';

const utc = (...parts: [number, number, number?, number?]) => Date.UTC(...parts);

describe('spanOf', () => {
  it.each([
    ['resourceId=/SUBSCRIPTIONS/0/y=2023/m=06/d=22/h=10/m=00/PT1H.json', utc(2023, 5, 22, 10), utc(2023, 5, 22, 11)],
    [
      'resourceid%3D/subscriptions/0/Y%3D2023/M%3D06/D%3D22/H%3D10/m=00/pt1h.json',
      utc(2023, 5, 22, 10),
      utc(2023, 5, 22, 11),
    ],
    ['blob/2023/06/22/1000/000001.log', utc(2023, 5, 22, 10), utc(2023, 5, 22, 11)],
    ['copy/of/queue/2023/06/22/2300/000001.log', utc(2023, 5, 22, 23), utc(2023, 5, 23)],
    ['x/y=2023/m=12/d=31/', utc(2023, 11, 31), utc(2024, 0, 1)],
    ['x/y=2023/m=12/', utc(2023, 11, 1), utc(2024, 0, 1)],
    ['x/y=2023/', utc(2023, 0, 1), utc(2024, 0, 1)],
  ])('reads the time of %s', (name, from, to) => {
    expect(spanOf(name)).toEqual({ from, to });
  });

  it.each(['export.json.gz', 'resourceId=/subscriptions/0/', 'blob/models/2023.log', ''])(
    'tells none of %j',
    (name) => {
      expect(spanOf(name)).toBeNull();
    },
  );
});

it('knows the folder of another day, written as a name writes it', () => {
  const day = utc(2024, 0, 5, 23);
  const folder = (name: string) => dayFolder(name, day);
  expect(folder('resourceId=/a/y=2023/m=06/d=22/h=10/m=00/PT1H.json')).toBe('resourceId=/a/y=2024/m=01/d=05/');
  expect(folder('resourceid%3D/a/Y%3D2023/M%3D06/D%3D22/H%3D10/m=00/x')).toBe(
    'resourceid%3D/a/Y%3D2024/M%3D01/D%3D05/',
  );
  expect(folder('copy/queue/2023/06/22/1000/000001.log')).toBe('copy/queue/2024/01/05/');
  expect(folder('export.json.gz')).toBeNull();
});

it('opens an hour before the time asked for and two after', () => {
  const around = filedAround({ from: utc(2023, 5, 22, 10), to: utc(2023, 5, 22, 11) });
  const hours = [8, 9, 10, 11, 12, 13].filter((hour) => {
    const filed = filedLog(`y=2023/m=06/d=22/h=${String(hour).padStart(2, '0')}/m=00/PT1H.json`);
    return filed !== null && overlaps(filed.hour, around);
  });
  expect(hours).toEqual([9, 10, 11, 12]);
});

it('takes the account from the path of the resource', () => {
  const path = 'resourceId%3D/SUBSCRIPTIONS/0/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/LOGS1/BLOBSERVICES/DEFAULT';
  expect(filedLog(`${path}/y=2023/m=06/d=22/h=10/m=00/PT1H.json`)?.account).toBe('logs1');
  expect(filedLog('blob/2023/06/22/1000/000000.log')?.account).toBeNull();
});

describe('an archive URL', () => {
  it.each([
    ['az://Logs1/insights-logs-storageread', { account: 'logs1', container: 'insights-logs-storageread', prefix: '' }],
    ['AZ://logs1/%24logs/blob/2023', { account: 'logs1', container: '$logs', prefix: 'blob/2023' }],
    ['az://logs1/c/resourceId%3D/x', { account: 'logs1', container: 'c', prefix: 'resourceId=/x' }],
  ])('is read: %s', (text, url) => {
    expect([isArchiveUrl(text), parseArchiveUrl(text)]).toEqual([true, url]);
  });

  it.each(['az://', 'az://logs1', 'az://x/c', 'az://logs1/c?sv=1&sig=abc', 'az://a.b/c'])('is refused: %s', (text) => {
    expect(() => parseArchiveUrl(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(() => parseArchiveUrl(text)).not.toThrow('abc');
  });
});
