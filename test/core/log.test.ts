import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.ts';
import { createLog } from '../../src/core/log.ts';

const signature = 'awHDRNvlgnvsPnEfneux4M9L%2BYR4RhsUDIE%2FuHP4hZE%3D';
const url = `https://acct.blob.core.windows.net/c/b?sv=2021-06-08&sp=r&sig=${signature}`;

function recording(level: 'debug' | 'info' = 'info') {
  const lines: string[] = [];
  const stream = {
    write(line: string) {
      lines.push(line);
      return true;
    },
  };
  return { lines, log: createLog({ level, stream }) };
}

describe('createLog', () => {
  it('writes JSON lines with the component they come from', () => {
    const { lines, log } = recording();
    log.child({ component: 'lane' }).info({ rows: 5 }, 'batch written');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      component: 'lane',
      rows: 5,
      msg: 'batch written',
    });
  });

  it('lets no signature out: not in messages, fields, errors, causes or bindings', () => {
    const { lines, log } = recording();
    const error = new AppError('SOURCE_AUTH', `GET ${url} was refused`, { cause: new Error(url) });
    log.info(url);
    log.warn({ url, nested: { list: [url] } }, 'read');
    log.error({ err: error }, 'failed');
    log.child({ url }).info({ header: `"${url}"` }, 'bound');
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).not.toContain(signature);
      expect(line).not.toContain(signature.slice(0, 12));
      expect(() => JSON.parse(line)).not.toThrow();
    }
    expect(lines[0]).toContain('sig=XXXXX');
  });

  it('keeps debug lines for --debug', () => {
    const quiet = recording();
    quiet.log.debug('detail');
    const loud = recording('debug');
    loud.log.debug('detail');
    expect([quiet.lines.length, loud.lines.length]).toEqual([0, 1]);
  });
});
