import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import { shippedDetections } from '../../src/detect/shipped.ts';
import { createTestViews, fillTestLog, readBenignRow } from '../../src/detect/test-log.ts';
import { curvesChart, markupText } from '../../src/evaluate/chart.ts';
import { type Curve, thresholdCurves } from '../../src/evaluate/curve.ts';
import { publishedRules } from '../../src/evaluate/published.ts';
import { at, incident, truth } from './incident.ts';

const deletes = {
  operation_name: 'DeleteBlob',
  operation_class: 'delete',
  category: 'StorageDelete',
  status_code: 202,
};
const rows = [
  {
    ...deletes,
    token_hash: 'A',
    time: '2024-06-10 10:00:00',
    object_key: '/acct/c/a{i}',
    repeat: 120,
    every: '1 second',
  },
  {
    ...deletes,
    token_hash: 'B',
    caller_ip: '198.51.100.9',
    time: '2024-06-09 10:00:00',
    object_key: '/acct/c/b{i}',
    repeat: 30,
    every: '1 second',
  },
];

it('runs rules of both kinds over values of their thresholds', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await createTestViews(connection);
  await fillTestLog(connection, { rows, feeds: [] }, await readBenignRow());
  const named = await connection.runAndReadAll(`SELECT upper(md5('A'))`);
  const token = String(named.getRowsJson()[0]?.[0]);
  const wipe = incident({
    rules: ['W-DEL-1'],
    tactic: 'Impact',
    token_hashes: [token.padEnd(64, '0')],
    caller_ips: ['192.0.2.10'],
    start: at('2024-06-10T10:00Z'),
    end: at('2024-06-10T10:02Z'),
  });
  const rules = (await shippedDetections()).filter(({ code }) => code === 'W-DEL-1' || code === 'W-EXF-1');
  const published = (await publishedRules()).filter(({ name }) => name === 'Panther bulk deletion');
  const curves = await thresholdCurves({ connection, truth: truth([wipe]), rules, findings: [], published });
  connection.closeSync();
  instance.closeSync();

  expect(curves.map(({ rule, parameter }) => [rule, parameter])).toEqual([
    ['W-DEL-1', 'objects_min'],
    ['Panther bulk deletion', 'threshold'],
  ]);
  const [ours, theirs] = curves.map(({ points }) => new Map(points.map((point) => [point.value, point])));
  expect(ours!.get(25)).toMatchObject({ findings: 2, precision: 0.5, recall: 1 });
  expect(ours!.get(100)).toMatchObject({ findings: 1, precision: 1, recall: 1 });
  expect(ours!.get(200)).toMatchObject({ findings: 0, precision: null, recall: 0 });
  expect(theirs!.get(15)).toMatchObject({ findings: 2, precision: 0.5, recall: 1 });
  expect(theirs!.get(60)).toMatchObject({ findings: 1, precision: 1 });
});

const curve: Curve = {
  rule: 'W-<X>-1',
  parameter: 'bytes_min',
  unit: 'bytes & more',
  default: 2 ** 30,
  points: [
    { value: 2 ** 29, findings: 4, precision: 0.25, recall: 1 },
    { value: 2 ** 30, findings: 2, precision: 0.5, recall: 1 },
    { value: 2 ** 31, findings: 0, precision: null, recall: 0 },
  ],
};

it('draws a panel for each rule, and no point where there is no precision', () => {
  const svg = curvesChart([curve, curve]);
  expect(svg.match(/<polyline/g)).toHaveLength(4);
  expect(svg.match(/<circle/g)).toHaveLength(10);
  expect(svg).toContain('bytes_min 512 Mi: precision 0.25, 4 findings');
  expect(svg).toContain('W-&lt;X&gt;-1');
  expect(svg).toContain('bytes &amp; more');
  expect(svg).not.toContain('<X>');
});

it('draws a line from top to bottom of the plot for a recall from 1 to 0', () => {
  expect(/<polyline points="([^"]*)"[^>]*stroke-dasharray/.exec(curvesChart([curve]))?.[1]).toBe(
    '34.0,44.0 162.0,44.0 290.0,148.0',
  );
});

it('writes no markup that came from data', () => {
  expect(markupText(`<script>"'&`)).toBe('&lt;script&gt;&quot;&#39;&amp;');
});
