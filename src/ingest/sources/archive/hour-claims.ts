import type { ContainerClient } from '@azure/storage-blob';
import { archiveError, codeOf } from './archive-error.ts';
import type { RequestGate } from './request-gate.ts';

export interface HourClaimsOptions {
  /** Where claims are kept; the identity may write there. */
  readonly container: ContainerClient;
  readonly gate: RequestGate;
  /** UUID of the data folder that claims: it keeps its hours over restarts. */
  readonly instance: string;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970 UTC. */
  readonly clock: () => number;
}

/** After so long it is looked again whether another instance's hour has become free. */
const lookAgainMs = 3_600_000;

/**
 * Shares an archive among instances: an hour of an account is read by the one that holds the lease of its claim, an empty blob.
 *
 * A lease has no end, and its id is the instance's, so that acquiring it again after a restart succeeds. An instance that is
 * lost for good keeps its hours until somebody breaks the leases.
 */
export class HourClaims {
  readonly #options: HourClaimsOptions;
  readonly #mine = new Set<string>();
  /** Hours of others, and when that was seen. */
  readonly #others = new Map<string, number>();

  constructor(options: HourClaimsOptions) {
    this.#options = options;
  }

  /**
   * Claims an hour unless another instance has it.
   *
   * @param name of the hour, as `account/2023-06-22T10`; a path.
   * @throws AppError SOURCE_AUTH, SOURCE_UNAVAILABLE.
   */
  async holds(name: string): Promise<boolean> {
    const { container, clock } = this.#options;
    if (this.#mine.has(name)) return true;
    if (clock() - (this.#others.get(name) ?? Number.NEGATIVE_INFINITY) < lookAgainMs) return false;
    try {
      const won = await this.#acquire(name);
      if (won) this.#mine.add(name);
      else this.#others.set(name, clock());
      return won;
    } catch (fault) {
      throw archiveError(`the claim ${container.containerName}/${name}`, fault);
    }
  }

  async #acquire(name: string): Promise<boolean> {
    const { container, gate, instance, signal } = this.#options;
    const blob = container.getBlockBlobClient(name);
    const lease = () =>
      gate.send(signal, (abortSignal) => blob.getBlobLeaseClient(instance).acquireLease(-1, { abortSignal }));
    for (;;) {
      try {
        await lease();
        return true;
      } catch (fault) {
        if (codeOf(fault) === 'LeaseAlreadyPresent') return false;
        if (codeOf(fault) !== 'BlobNotFound') throw fault;
      }
      await gate
        .send(signal, (abortSignal) => blob.upload('', 0, { conditions: { ifNoneMatch: '*' }, abortSignal }))
        .catch((fault: unknown) => {
          // Another instance made it just now; the lease decides.
          if (!['BlobAlreadyExists', 'LeaseIdMissing', 'ConditionNotMet'].includes(codeOf(fault))) throw fault;
        });
    }
  }
}
