import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCaller } from '../../src/core/caller.ts';

const v4 = 0xcb007109;

describe('parseCaller', () => {
  it.each([
    ['203.0.113.9:51234', { ip: null, ipv4: v4, port: 51234, ipClass: 'public' }],
    ['203.0.113.9', { ip: null, ipv4: v4, port: null, ipClass: 'public' }],
    ['203.0.113.9:0', { ip: null, ipv4: v4, port: 0, ipClass: 'public' }],
    ['255.255.255.255', { ip: null, ipv4: 0xffffffff, port: null, ipClass: 'public' }],
    ['2001:db8::1f', { ip: '2001:db8::1f', ipv4: null, port: null, ipClass: 'public' }],
    ['[2001:DB8::1f]:40123', { ip: '2001:DB8::1f', ipv4: null, port: 40123, ipClass: 'public' }],
    ['[2001:db8::1f]', { ip: '2001:db8::1f', ipv4: null, port: null, ipClass: 'public' }],
    ['<Redacted>:52011', { ip: '<Redacted>', ipv4: null, port: 52011, ipClass: 'redacted' }],
    ['<Redacted>', { ip: '<Redacted>', ipv4: null, port: null, ipClass: 'redacted' }],
    ['203.0.113.9:70000', { ip: '203.0.113.9:70000', ipv4: null, port: null, ipClass: 'other' }],
    ['203.0.113.09', { ip: '203.0.113.09', ipv4: null, port: null, ipClass: 'other' }],
    ['unknown host', { ip: 'unknown host', ipv4: null, port: null, ipClass: 'other' }],
    [':443', { ip: ':443', ipv4: null, port: null, ipClass: 'other' }],
  ])('reads %s', (text, expected) => {
    expect(parseCaller(text)).toEqual(expected);
  });

  it.each([
    ['10.1.2.3', 'private'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.0', 'public'],
    ['192.168.9.9', 'private'],
    ['127.0.0.1', 'private'],
    ['169.254.169.254', 'private'],
    ['52.239.1.2:443', 'azure'],
    ['52.240.1.2', 'public'],
    ['fde4:8dba::1', 'private'],
    ['fe80::1', 'private'],
    ['febf::1', 'private'],
    ['::1', 'private'],
    ['0:0:0:0:0:0:0:1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:203.0.113.9', 'public'],
    ['[fd00::2]:1', 'private'],
    ['::', 'public'],
    ['::2', 'public'],
    ['2001:db8::1', 'public'],
  ])('classes %s as %s', (text, ipClass) => {
    expect(parseCaller(text).ipClass).toBe(ipClass);
  });

  it('keeps all of any address: number, text or port give it back', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.constant('<Redacted>'),
    );
    fc.assert(
      fc.property(address, fc.option(fc.integer({ min: 0, max: 65_535 })), (text, port) => {
        const caller = parseCaller(port === null ? text : `${text}:${port}`);
        const ipv4 = caller.ipv4 ?? 0;
        const dotted = [24, 16, 8, 0].map((shift) => (ipv4 >>> shift) & 255).join('.');
        expect(caller.ip ?? dotted).toBe(text.replace(/[[\]]/g, ''));
        expect(caller.port).toBe(port);
      }),
    );
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const { ip, ipv4 } = parseCaller(text);
        expect((ip === null) !== (ipv4 === null)).toBe(true);
      }),
    );
  });
});
