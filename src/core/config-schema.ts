import { z } from 'zod';
import { isAddressRange } from './address-range.ts';
import { limits } from './limits.ts';

const count = (min: number, max: number) => z.int().min(min).max(max);
const names = z.array(z.string().min(1)).min(1).optional();

/** What a suppression matches: of each list given, one entry must fit. */
const suppression = z
  .strictObject({
    name: z.string().min(1),
    reason: z.string().min(1),
    until: z.iso.date(),
    rules: names,
    tags: names,
    tokens: names,
    families: names,
    accounts: names,
    addresses: z
      .array(z.string().refine(isAddressRange, 'expected an address or range as 192.0.2.0/24 or 2001:db8::/32'))
      .min(1)
      .optional(),
  })
  .refine(
    ({ name: _, reason: __, until: ___, ...matched }) => Object.values(matched).some((list) => list !== undefined),
    'a suppression of everything: name rules, tags, tokens, families, accounts or addresses',
  );

const milliseconds = (min: number) => count(min, 86_400_000);

/** The configuration as a person writes it, section by section; `docs/config.md` is made from it. */
export const configSchema = z.strictObject({
  data: z.string().min(1).default('./saswatch-data').describe('Folder of the lake and the catalog.'),
  ingest: z.strictObject({
    lanes: count(1, 256).default(1).describe('Worker threads that read, parse and write.'),
    flush_interval_ms: milliseconds(100)
      .default(limits.flushIntervalMs)
      .describe('Longest time a row waits in a lane before it is written; 30 s at least in a run that ends by itself.'),
    free_space_min_bytes: count(0, Number.MAX_SAFE_INTEGER)
      .default(limits.freeSpaceMinBytes)
      .describe(
        'Free space of the disk of the data folder below which nothing more is read, until there is room again.',
      ),
    batch_rows_max: count(1, limits.segmentRowsMax).default(limits.segmentRowsMax).describe('Rows of one segment.'),
    decoder: z
      .enum(['scanner', 'reference'])
      .default('scanner')
      .describe(
        'How logs are parsed: by the SIMD scanner, or in plain TypeScript, which is several times slower. The rows are the same.',
      ),
    writer: z
      .enum(['encoder', 'filler', 'plain'])
      .default('encoder')
      .describe(
        'How rows get into Parquet files: encoded by saswatch, or by DuckDB, in bulk or value by value; these take twice and several times as long. The rows are the same.',
      ),
  }),
  eventhubs: z.strictObject({
    fully_qualified_namespace: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Host of the namespace, as `logs.servicebus.windows.net`; signed in to with the Azure identity at hand.',
      ),
    hubs: z
      .array(z.string().min(1))
      .min(1)
      .default(['insights-logs-storageread', 'insights-logs-storagewrite', 'insights-logs-storagedelete'])
      .describe('Event hubs to read; these are the names Azure Monitor gives them.'),
    consumer_group: z.string().min(1).default('$Default').describe('Consumer group to read with.'),
    connection_string: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Secret. Replaces the namespace and the Azure identity.')
      .meta({ secret: true }),
    start: z.enum(['earliest', 'latest']).default('earliest').describe('Where a partition never read before begins.'),
  }),
  archive: z.strictObject({
    endpoint: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'URL of the blob service with `{account}` where the name goes, as `https://{account}.blob.core.usgovcloudapi.net`; without it, the public cloud.',
      ),
    connection_string: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Secret. Replaces endpoint, SAS, key and the Azure identity.')
      .meta({ secret: true }),
    sas: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Secret. Account or container SAS with `sp=rl`; replaces the Azure identity.')
      .meta({ secret: true }),
    account_key: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe('Secret. Replaces the Azure identity.')
      .meta({ secret: true }),
    requests_per_second: count(1, 100_000)
      .nullable()
      .default(null)
      .describe('Requests to archives at most, all lanes together; without it, as many as come.'),
    poll_interval_ms: milliseconds(100)
      .default(15_000)
      .describe('Time between two looks for grown and new blobs while an archive is followed.'),
    claims_container: z
      .string()
      .min(1)
      .nullable()
      .default(null)
      .describe(
        'Container, in the account of the first archive, in which several instances of `ingest` claim the hours they read; without it, each reads everything.',
      ),
  }),
  detect: z.strictObject({
    rules: z.array(z.string().min(1)).default([]).describe('Folders of rules beside the shipped ones.'),
    parameters: z
      .array(z.strictObject({ rule: z.string().min(1), set: z.record(z.string(), z.union([z.number(), z.string()])) }))
      .default([])
      .describe(
        'Thresholds of rules: `{ rule: W-EXF-1, set: { objects_min: 5000 } }`. Names and units: docs/rules.md.',
      ),
    suppressions: z
      .array(suppression)
      .default([])
      .describe(
        'Findings to keep quiet: `name`, `reason`, `until` a date of event time, and at least one of `rules`, `tags`, `tokens`, `families`, `accounts`, `addresses`. They stay in the lake: docs/detections.md.',
      ),
    feeds: z
      .array(z.strictObject({ list: z.enum(['tor', 'threat', 'hosting', 'geo']), path: z.string().min(1) }))
      .default([])
      .describe(
        'Lists of address ranges: `list` is tor, threat, hosting or geo, `path` a file, or a folder of files with dates in their names: docs/detections.md.',
      ),
    interval_ms: milliseconds(100).default(1_000).describe('Shortest time between two runs of the rules.'),
    lateness_ms: count(0, 60 * 86_400_000)
      .default(300_000)
      .describe(
        'How far event time may run ahead of the rows still expected. Rules that look for sequences or compare with history stay this far behind; posture and window rules do not wait.',
      ),
  }),
  query: z.strictObject({
    timeout_ms: milliseconds(1).default(limits.queryTimeoutMs).describe('Longest run of one query.'),
    rows_max: count(0, Number.MAX_SAFE_INTEGER)
      .default(limits.queryRowsMax)
      .describe('Rows of one result, 0 for no limit; files written with `--out` hold all rows.'),
    memory_mb_max: count(64, 1 << 20)
      .default(1_024)
      .describe('Memory of one query.'),
    temp_mb_max: count(0, 1 << 24)
      .default(4_096)
      .describe('Disk a query may spill to.'),
    threads: count(1, 256).default(2).describe('Threads of one query.'),
  }),
  compaction: z.strictObject({
    cpu_share_max: z
      .number()
      .min(0)
      .max(1)
      .default(0.25)
      .describe('Share of one core that compaction may take beside an ingest that follows its sources; 0: none then.'),
    interval_ms: milliseconds(100).default(60_000).describe('Time between two looks for hours to compact there.'),
    policy: z
      .enum(['full', 'lean', 'minimal'])
      .default('full')
      .describe('Which columns compacted files keep: docs/columns.md says which policy keeps what.'),
  }),
  retention: z.strictObject({
    days: count(1, 100_000)
      .nullable()
      .default(null)
      .describe('Event hours older than so many days are deleted whole when the lake is compacted; null: never.'),
  }),
});

type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;
type CamelKeys<T> = T extends readonly (infer Element)[]
  ? readonly Element[]
  : T extends object
    ? { readonly [K in keyof T as K extends string ? CamelCase<K> : never]: CamelKeys<T[K]> }
    : T;

/** The configuration as code reads it: nothing with a default is missing. */
export type Config = CamelKeys<z.output<typeof configSchema>>;

/** One setting of the schema: a value, not a section. */
export interface Leaf {
  /** Dotted, as `ingest.flush_interval_ms`. */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  /** The environment variable that sets it. */
  readonly variable: string;
  readonly secret: boolean;
}

/** Every setting of the schema, in its order. */
export function leaves(node: z.ZodType = configSchema, path: readonly string[] = []): Leaf[] {
  if (node instanceof z.ZodObject) {
    return Object.entries<z.ZodType>(node.shape).flatMap(([key, child]) => leaves(child, [...path, key]));
  }
  const secret = node.meta()?.['secret'] === true;
  return [{ name: path.join('.'), path, schema: node, variable: `SASWATCH_${path.join('__').toUpperCase()}`, secret }];
}

/** The schema under its default and its `nullable`. */
export function kernel(node: z.ZodType): z.ZodType {
  return node instanceof z.ZodDefault || node instanceof z.ZodNullable ? kernel(node.unwrap() as z.ZodType) : node;
}

function camelCase(key: string): string {
  return key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The same tree with camelCase keys, but for what stands in lists. */
export function camelKeys(tree: z.output<typeof configSchema>): Config {
  const convert = (node: unknown): unknown =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).map(([key, value]) => [camelCase(key), convert(value)]))
      : node;
  return convert(tree) as Config;
}
