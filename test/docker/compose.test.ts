import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../src/core/config.ts';
import { leaves } from '../../src/core/config-schema.ts';

const folder = resolve(import.meta.dirname, '../../docker');
const read = (name: string) => readFileSync(resolve(folder, name), 'utf8');

const pinnedImage = z.string().regex(/^[\w./-]+:(?!latest$)[\w.-]+$/, 'an image pinned to a tag');
const loopbackPort = z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'a port on loopback');

const serviceSchema = z
  .strictObject({
    image: pinnedImage.optional(),
    build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
    command: z.array(z.string()).optional(),
    depends_on: z.array(z.string()).optional(),
    environment: z.record(z.string(), z.string()).default({}),
    volumes: z.array(z.string()).default([]),
    ports: z.array(loopbackPort).default([]),
    restart: z.enum(['no', 'on-failure', 'unless-stopped']).optional(),
    init: z.boolean().optional(),
    read_only: z.boolean().optional(),
    tmpfs: z.array(z.string()).optional(),
    cap_drop: z.array(z.string()).optional(),
    security_opt: z.array(z.string()).optional(),
  })
  .refine(({ image, build }) => (image === undefined) !== (build === undefined), 'either an image or a build');

const composeSchema = z.strictObject({
  name: z.string(),
  services: z.strictObject({ azurite: serviceSchema, emulator: serviceSchema, saswatch: serviceSchema }),
  volumes: z.record(z.string(), z.null()),
});

/** @see https://github.com/Azure/azure-event-hubs-emulator-installer/blob/main/EventHub-Emulator/Schema/Config-schema.json */
const emulatorSchema = z.strictObject({
  UserConfig: z.strictObject({
    NamespaceConfig: z.tuple([
      z.strictObject({
        Type: z.literal('EventHub'),
        Name: z.literal('emulatorNs1'),
        Entities: z
          .array(
            z.strictObject({
              Name: z.string(),
              PartitionCount: z.string().regex(/^\d+$/),
              ConsumerGroups: z.array(z.strictObject({ Name: z.string().regex(/^(?!\$default$)/i) })).min(1),
            }),
          )
          .min(1)
          .max(10),
      }),
    ]),
    LoggingConfig: z.strictObject({ Type: z.enum(['File', 'Console', 'File,Console', 'Console,File']) }),
  }),
});

const compose = composeSchema.parse(parse(read('compose.yaml')));
const { saswatch } = compose.services;
const config = () => {
  const readSecret = () => '';
  return parseConfig({ file: null, env: saswatch.environment, flags: {}, cores: 1, readSecret }).config;
};

describe('compose.yaml', () => {
  it.each(Object.entries(compose.services))('mounts into %s only what exists', (_, { volumes }) => {
    const missing = volumes.filter((volume) => {
      const [source = ''] = volume.split(':');
      return source.startsWith('.') ? !existsSync(resolve(folder, source)) : !(source in compose.volumes);
    });
    expect(missing).toEqual([]);
  });

  it.each(Object.entries(compose.services))('starts %s after services it defines', (_, { depends_on = [] }) => {
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(depends_on));
  });

  it('builds saswatch from a Dockerfile that is there', () => {
    const { context = '', dockerfile = '' } = saswatch.build ?? {};
    expect(resolve(folder, context, dockerfile)).toBe(resolve(folder, 'Dockerfile'));
  });

  it('gives saswatch a command that it has', () => {
    const [verb = ''] = saswatch.command ?? [];
    expect(existsSync(resolve(folder, `../src/cli/commands/${verb}.ts`))).toBe(true);
  });

  it('sets only what the configuration knows, and validly', () => {
    const known = leaves().flatMap(({ variable, secret }) => (secret ? [variable, `${variable}_FILE`] : [variable]));
    expect(known).toEqual(expect.arrayContaining(Object.keys(saswatch.environment)));
    expect(config).not.toThrow();
  });

  it('lets saswatch write nowhere but to its volume and a temporary folder', () => {
    expect(saswatch).toMatchObject({ read_only: true, tmpfs: ['/tmp'], volumes: ['data:/data'], cap_drop: ['ALL'] });
  });

  it('connects saswatch to a service by name, without TLS', () => {
    const host = /^Endpoint=sb:\/\/(\w+);/.exec(config().eventhubs.connectionString ?? '')?.[1];
    expect(Object.keys(compose.services)).toContain(host);
    expect(config().eventhubs.connectionString).toMatch(/;UseDevelopmentEmulator=true;$/);
  });

  it('makes the emulator offer the hubs and the consumer group saswatch reads', () => {
    const { UserConfig } = emulatorSchema.parse(JSON.parse(read('eventhubs-emulator.json')));
    const entities = UserConfig.NamespaceConfig[0].Entities;
    const { hubs, consumerGroup } = config().eventhubs;
    expect(entities.map(({ Name }) => Name)).toEqual(hubs);
    for (const { ConsumerGroups } of entities) expect(ConsumerGroups).toEqual([{ Name: consumerGroup }]);
  });
});

describe('Dockerfile', () => {
  const instructions = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
  const named = (name: string) => instructions.filter((instruction) => instruction.name === name);
  const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const allowed = read('Dockerfile.dockerignore')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1));

  it('starts every stage from an image pinned to a tag', () => {
    expect(named('FROM').length).toBeGreaterThan(1);
    for (const { rest } of named('FROM')) expect(pinnedImage.safeParse(rest.split(' ', 1)[0]).success).toBe(true);
  });

  it('ends in a stage that runs as no root, behind everything that needs root', () => {
    const user = lastStage.findLastIndex(({ name }) => name === 'USER');
    expect(lastStage[user]?.rest).toBe('node');
    expect(lastStage.findLastIndex(({ name }) => name === 'RUN' || name === 'COPY')).toBeLessThan(user);
  });

  it('starts the program itself, so that signals reach it', () => {
    expect(JSON.parse(named('ENTRYPOINT')[0]?.rest ?? '')).toEqual(['node', '/app/dist/src/cli/main.js']);
    expect(named('CMD').map(({ rest }) => JSON.parse(rest))).toEqual([['--help']]);
  });

  it('installs what the lock file says and fetches nothing else', () => {
    const commands = named('RUN').map(({ rest }) => rest);
    expect(commands.filter((command) => /\bnpm (install|i|update)\b|curl|wget|sudo|apt/.test(command))).toEqual([]);
    expect(commands[0]).toMatch(/^npm ci --ignore-scripts/);
    expect(named('ADD')).toEqual([]);
  });

  it('copies out of the build only what the package ships', () => {
    const copied = lastStage.flatMap(({ name, rest }) => (name === 'COPY' ? [rest.split(' ')[1] ?? ''] : []));
    const { files } = z.object({ files: z.array(z.string()) }).parse(JSON.parse(read('../package.json')));
    const shipped = ['package.json', 'node_modules', ...files].map((file) => `/app/${file}`);
    expect(shipped).toEqual(expect.arrayContaining(copied));
    const { imports } = z
      .object({ imports: z.record(z.string(), z.string()) })
      .parse(JSON.parse(read('../package.json')));
    const resources = Object.values(imports).map((path) => path.replace(/^\./, '/app').replace(/\/\*$/, ''));
    const isCopied = (path: string) => copied.some((folder) => path === folder || path.startsWith(`${folder}/`));
    expect(resources.filter((path) => path !== '/app/package.json' && !isCopied(path))).toEqual([]);
  });

  it('lets into the build only what exists, and all that TypeScript is told to compile', () => {
    expect(allowed.filter((path) => !existsSync(resolve(folder, '..', path)))).toEqual([]);
    const { include } = z.object({ include: z.array(z.string()) }).parse(JSON.parse(read('../tsconfig.build.json')));
    expect(allowed).toEqual(expect.arrayContaining([...include, 'assembly']));
  });
});
