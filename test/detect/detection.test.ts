import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkDetection } from '../../src/detect/check.ts';
import { parseDetection } from '../../src/detect/detection.ts';
import { renderRules } from '../../src/detect/rules-page.ts';
import { shippedDetections } from '../../src/detect/shipped.ts';

const path = fileURLToPath(import.meta.resolve('#rules/privilege-never-expiring-sas.sql'));
const text = await readFile(path, 'utf8');
const ownNeeds = 'needs:\n  only: [token_life]\n';
const withNeeds = (needs: string) => text.replace(ownNeeds, `needs: { ${needs} }\n`);
const parse = (changed: string) => parseDetection('rule.sql', changed);

describe('a rule file', () => {
  it('gives its header and its statement', () => {
    const rule = parse(text);
    expect(rule).toMatchObject({ code: 'P-03', level: 'high', params: { years: { default: '5 years' } } });
    expect(rule.sql).toMatch(/^SELECT token_hash/);
  });

  it.each([
    ['no header', text.slice(text.indexOf('WITH')), /rule\.sql:1: a rule begins with a header/],
    ['an unknown field', text.replace('status:', 'staus:'), /rule\.sql:6: staus: /],
    ['a level that is none', text.replace('level: high', 'level: severe'), /rule\.sql:9: level: /],
    ['YAML that is none', text.replace('title: SAS', 'title: [SAS'), /rule\.sql:\d+: /],
    ['an undeclared parameter', text.replace('+ $years', '+ $decades'), /\$decades is used but params\.decades/],
    ['an unused parameter', text.replace('+ $years', ''), /params\.years is declared but \$years is not used/],
    ['no range', text.replace('$since', "'2026-01-01'"), /does not use \$since/],
    ['tokens shown that no need names', withNeeds('only: [sas_use]'), /needs\.only/],
    [
      'bitmaps of tokens shown without',
      withNeeds('token: n > 0, only: [sas_use]').replace('SELECT token_hash', 'SELECT /* ip_bits */ token_hash'),
      /needs\.only shows sas_use without its bitmaps/,
    ],
    ['lives shown to a rule of another kind', text.replace('kind: posture', 'kind: window'), /needs\.only shows lives/],
    ['rows of no part', withNeeds('rows: $since'), /needs\.rows/],
    ['a part that is none', withNeeds('part: nobody'), /needs\.part names nobody/],
    [
      'one of several parts that is none',
      withNeeds('part: [uses, nobody]').replace('SELECT token_hash', 'WITH uses AS (SELECT 1)\nSELECT token_hash'),
      /needs\.part names nobody/,
    ],
    ['a past that no proof asks for', withNeeds('past: { part: uses, by: container, rows: day }'), /needs\.past/],
    [
      'a past of a part that is none',
      withNeeds(
        'part: uses, rows: day, proof: uses, past: { part: uses, of: nobody, by: container, rows: [day] }',
      ).replace('SELECT token_hash', 'WITH uses AS (SELECT 1)\nSELECT token_hash'),
      /needs\.past names nobody/,
    ],
    [
      'a second proof that is none',
      withNeeds('part: uses, rows: day, proof: [uses, nobody]').replace(
        'SELECT token_hash',
        'WITH uses AS (SELECT 1)\nSELECT token_hash',
      ),
      /needs\.proof names nobody/,
    ],
    ['a comment end in the header', text.replace('Nobody plans', '*/ plans'), /holds \*\//],
    [
      'a statement that changes data',
      text.replace('SELECT token_hash', 'DELETE FROM uses; SELECT token_hash'),
      /one SELECT/,
    ],
  ])('is refused with file and place for %s', (_, changed, message) => {
    expect(() => parse(changed)).toThrow(message);
  });

  it('says in which test its statement fails', async () => {
    const rule = parse(text.replace('first_seen, last_seen,', 'first_sean, last_seen,'));
    await expect(checkDetection(rule)).rejects.toThrow(/rule\.sql: the statement fails in the test "fires for a token/);
  });

  it('says which column a test row names that there is none of', async () => {
    await expect(checkDetection(parse(text.replace('sas_se:', 'sas_end:')))).rejects.toThrow(/sas_end/);
  });

  it('shows the difference where a test does not hold', async () => {
    const [outcome] = await checkDetection(parse(text.replace('expires_year: 2051', 'expires_year: 2052')));
    expect(outcome).toMatchObject({ passed: false, difference: expect.stringContaining('"expires_year":2051') });
  });
});

describe('the page of rules', () => {
  it('shows every threshold, false positive and blind spot', async () => {
    const rules = await shippedDetections();
    const page = renderRules(rules);
    for (const { code, params, falsepositives, blindspots } of rules) {
      expect(page).toContain(`## ${code} `);
      for (const [name, { type, default: value }] of Object.entries(params)) {
        expect(page).toContain(`| \`${name}\` | ${type} | ${value} |`);
      }
      for (const sentence of [...falsepositives, ...blindspots]) expect(page).toContain(`- ${sentence}`);
    }
  });
});
