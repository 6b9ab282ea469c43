import { BlobArchiveSource } from '../../src/ingest/sources/archive/blob-archive.ts';
import { BlobArchivePlan } from '../../src/ingest/sources/archive/plan.ts';
import type { ArchiveUsage } from '../../src/ingest/sources/archive/usage.ts';
import type { Committed } from '../../src/ingest/sources/plan.ts';
import { WorkQueue } from '../../src/ingest/sources/work-queue.ts';
import { account } from './azurite.ts';

export interface ReadArchive {
  /** Lines of all deliveries. */
  readonly lines: readonly string[];
  readonly faults: readonly string[];
  /** Position tokens by partition. */
  readonly tokens: ReadonlyMap<string, string | undefined>;
  readonly usage: ArchiveUsage;
}

type PlanOptions = ConstructorParameters<typeof BlobArchivePlan>[0];

export const noCredentials = { endpoint: null, connectionString: null, sas: null, accountKey: null };

/** Reads a container to its end, as a lane of a replay would, in this thread and into memory. */
export async function readArchive(
  container: string,
  connection: Partial<PlanOptions['connection']>,
  options: Partial<PlanOptions> = {},
  committed: Committed = () => undefined,
): Promise<ReadArchive> {
  const plan = new BlobArchivePlan(
    {
      urls: [{ account, container, prefix: '' }],
      connection: { ...noCredentials, ...connection },
      requestsPerSecond: null,
      logged: null,
      tail: 'take',
      once: true,
      lookAgainMs: 50,
      clock: () => new Date(),
      ...options,
    },
    committed,
  );
  await plan.open();
  const lines: string[] = [];
  const faults: string[] = [];
  const tokens = new Map<string, string | undefined>();
  const assignment = plan.assignment();
  const work = new WorkQueue((finished) => plan.nextWork(0, finished));
  const source = new BlobArchiveSource(assignment, { nextWork: (finished) => work.next(finished) });
  for await (const { bytes, fault, to } of source.read(new AbortController().signal)) {
    lines.push(...Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean));
    if (fault !== undefined) faults.push(`${to.partition}: ${fault}`);
    tokens.set(to.partition, to.token);
  }
  return { lines, faults, tokens, usage: plan.usage };
}
