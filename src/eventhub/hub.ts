import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../core/errors.ts';
import { partitionOfKey } from './partition-key.ts';
import { PartitionLog, type PartitionLogOptions } from './partition-log.ts';

export interface HubOptions {
  readonly name: string;
  readonly partitions: number;
  /** Besides `$Default`, which every hub has. */
  readonly consumerGroups?: readonly string[];
}

/** One event hub: its partitions' logs and the rule that spreads events over them. */
export class Hub {
  readonly name: string;
  readonly createdAt: Date;
  readonly partitions: readonly PartitionLog[];
  readonly #consumerGroups: ReadonlySet<string>;
  #roundRobin = 0;

  private constructor(name: string, createdAt: Date, partitions: readonly PartitionLog[], groups: readonly string[]) {
    this.name = name;
    this.createdAt = createdAt;
    this.partitions = partitions;
    this.#consumerGroups = new Set(['$default', ...groups.map((group) => group.toLowerCase())]);
  }

  /**
   * Opens the hub's logs under `dataDir/<name>/<partition>`.
   *
   * @throws AppError CONFIG_INVALID if the name or the number of partitions cannot be.
   */
  static async open(
    dataDir: string,
    { name, partitions, consumerGroups = [] }: HubOptions,
    logOptions: PartitionLogOptions,
  ): Promise<Hub> {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      throw new AppError('CONFIG_INVALID', `"${name}" cannot name an event hub: use letters, digits, . _ and -`);
    }
    const folder = join(dataDir, name.toLowerCase());
    await mkdir(folder, { recursive: true });
    const kept = (await readdir(folder)).length;
    if (!Number.isInteger(partitions) || partitions < 1 || partitions > 1024 || kept > partitions) {
      throw new AppError(
        'CONFIG_INVALID',
        `event hub "${name}" cannot have ${partitions} partitions: use ${Math.max(1, kept)} (already in ${folder}) to 1024`,
      );
    }
    const logs: PartitionLog[] = [];
    for (let id = 0; id < partitions; id += 1) logs.push(await PartitionLog.open(join(folder, String(id)), logOptions));
    return new Hub(name, (await stat(folder)).birthtime, logs, consumerGroups);
  }

  hasConsumerGroup(name: string): boolean {
    return this.#consumerGroups.has(name.toLowerCase());
  }

  /** The log of partition `id`, which must be its number in plain digits. */
  partition(id: string): PartitionLog | undefined {
    return /^(0|[1-9]\d*)$/.test(id) ? this.partitions[Number(id)] : undefined;
  }

  /** The log that takes events with this key; without a key, each partition in turn. */
  route(partitionKey: string | undefined): PartitionLog {
    const count = this.partitions.length;
    const at = partitionKey === undefined ? this.#roundRobin++ % count : partitionOfKey(partitionKey, count);
    const log = this.partitions[at];
    if (log === undefined) throw new RangeError(`partition ${at} of ${count}`);
    return log;
  }

  async close(): Promise<void> {
    await Promise.all(this.partitions.map((log) => log.close()));
  }
}
