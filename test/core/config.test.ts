import { describe, expect, it } from 'vitest';
import { type ConfigSources, parseConfig, renderConfig } from '../../src/core/config.ts';

const secret = 'Endpoint=sb://127.0.0.1;SharedAccessKeyName=k;SharedAccessKey=AAAA';

function parse(sources: Partial<ConfigSources> & { text?: string } = {}) {
  const { text, ...rest } = sources;
  return parseConfig({
    file: text === undefined ? null : { path: 'saswatch.yaml', text },
    env: {},
    flags: {},
    cores: 6,
    readSecret: (path) => {
      throw new Error(`no file ${path} was expected`);
    },
    ...rest,
  });
}

const originOf = (name: string, sources: Parameters<typeof parse>[0]) =>
  parse(sources).settings.find((setting) => setting.name === name);

describe('parseConfig', () => {
  it('has a value for everything that has a default', () => {
    const { config, settings } = parse();
    expect(config).toMatchObject({
      data: './saswatch-data',
      ingest: { lanes: 6, flushIntervalMs: 5_000, batchRowsMax: 122_880, decoder: 'scanner', writer: 'encoder' },
      eventhubs: { fullyQualifiedNamespace: null, connectionString: null, start: 'earliest' },
      detect: { rules: [] },
      query: { timeoutMs: 60_000, rowsMax: 10_000 },
    });
    expect(settings.every(({ origin }) => origin === 'default')).toBe(true);
  });

  it('takes flag over environment over file over default, and remembers which', () => {
    const text = 'data: /lake\n\ningest:\n  lanes: 2\n';
    const env = { SASWATCH_INGEST__LANES: '3' };
    expect(originOf('ingest.lanes', {})).toMatchObject({ value: 6, origin: 'default' });
    expect(originOf('ingest.lanes', { text })).toMatchObject({ value: 2, origin: 'file saswatch.yaml:4' });
    expect(originOf('ingest.lanes', { text, env })).toMatchObject({ value: 3, origin: 'env SASWATCH_INGEST__LANES' });
    expect(originOf('ingest.lanes', { text, env, flags: { 'ingest.lanes': 4 } })).toMatchObject({
      value: 4,
      origin: 'flag',
    });
    expect(originOf('ingest.lanes', { text, env, flags: { 'ingest.lanes': '5' } })).toMatchObject({ value: 5 });
    expect(originOf('ingest.lanes', { text, flags: { 'ingest.lanes': undefined } })).toMatchObject({ value: 2 });
  });

  it('reads lists from the file and, separated by commas, from the environment', () => {
    expect(parse({ text: 'eventhubs: {hubs: [a, b]}' }).config.eventhubs.hubs).toEqual(['a', 'b']);
    expect(parse({ env: { SASWATCH_EVENTHUBS__HUBS: 'a, b' } }).config.eventhubs.hubs).toEqual(['a', 'b']);
  });

  it('takes secrets from the environment or the file it names, and shows neither', () => {
    const env = { SASWATCH_EVENTHUBS__CONNECTION_STRING: secret };
    const direct = parse({ env });
    const fromFile = parse({
      env: { SASWATCH_EVENTHUBS__CONNECTION_STRING_FILE: '/run/secrets/eh' },
      readSecret: (path) => (path === '/run/secrets/eh' ? `${secret}\n` : ''),
    });
    for (const { config, settings } of [direct, fromFile]) {
      expect(config.eventhubs.connectionString).toBe(secret);
      expect(JSON.stringify(settings)).not.toContain('AAAA');
      expect(JSON.stringify(settings)).toContain('********');
    }
  });

  it.each([
    [
      'eventhubs: {connection_string: x}',
      /saswatch.yaml:1: eventhubs.connection_string is a secret.*SASWATCH_EVENTHUBS__/,
    ],
    ['ingest:\n  lane: 2\n', 'saswatch.yaml:2: unknown setting ingest.lane; ingest knows lanes, '],
    ['speed: 11', 'unknown setting speed; the file knows data, ingest, eventhubs, archive, detect, query'],
    ['ingest: 3', 'saswatch.yaml: ingest must be a mapping'],
    ['- a', 'the file must be a mapping'],
    ['data: [', 'saswatch.yaml: '],
    ['ingest: {lanes: 0}', 'ingest.lanes (file saswatch.yaml:1)'],
    ['ingest: {lanes: "4"}', 'ingest.lanes (file saswatch.yaml:1)'],
    ['eventhubs: {start: soon}', 'eventhubs.start (file saswatch.yaml:1)'],
    ['eventhubs: {hubs: []}', 'eventhubs.hubs (file saswatch.yaml:1)'],
    ['ingest: {lanes: two}', /expected number, received string \(given: "two"\)$/],
    ['detect: {suppressions: [{name: a, reason: b, until: soon}]}', /detect.suppressions\[0\].until \(file .*"soon"\)/],
  ])('refuses the file %j and says where and why', (text, message) => {
    expect(() => parse({ text })).toThrow(message);
    expect(() => parse({ text })).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it.each([
    [{ SASWATCH_INGEST__LANE: '2' }, 'SASWATCH_INGEST__LANE names no setting'],
    [{ SASWATCH_INGEST__LANES: 'many' }, /ingest.lanes \(env SASWATCH_INGEST__LANES\): .*\(given: "many"\)$/],
    [{ SASWATCH_INGEST__LANES: '' }, 'ingest.lanes (env SASWATCH_INGEST__LANES)'],
    [
      { SASWATCH_EVENTHUBS__CONNECTION_STRING: secret, SASWATCH_EVENTHUBS__CONNECTION_STRING_FILE: 'x' },
      'are both set',
    ],
  ])('refuses the environment %j', (env, message) => {
    expect(() => parse({ env })).toThrow(message);
  });

  it('leaves variables alone that others make for a service of this name', () => {
    expect(() => parse({ env: { SASWATCH_PORT: 'tcp://192.0.2.1:80', SASWATCH_SERVICE_HOST: 'x' } })).not.toThrow();
  });

  it('takes an empty file and an empty section for nothing said', () => {
    expect(parse({ text: '' }).config).toEqual(parse().config);
    expect(parse({ text: 'ingest:\n' }).config).toEqual(parse().config);
  });
});

describe('renderConfig', () => {
  it('documents every setting with its variable', () => {
    const page = renderConfig();
    for (const { name } of parse().settings) {
      expect(page).toContain(`| \`${name}\` |`);
      expect(page).toContain(`SASWATCH_${name.replaceAll('.', '__').toUpperCase()}\``);
    }
    expect(page).toContain('| `ingest.lanes` | integer, 1 to 256 | number of cores |');
    expect(page).toContain('| secret: environment only |');
  });
});
