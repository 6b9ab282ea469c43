import { estateAccount, type TokenBook } from '../estate.ts';
import type { LogEvent } from '../log-event.ts';
import { Prng } from '../prng.ts';
import type { Period } from '../timeline.ts';
import type { IncidentPlan } from '../truth.ts';
import type { Attack } from './attack.ts';
import { crossTenantCopy } from './cross-tenant-copy.ts';
import { customerKeyLock } from './customer-key-lock.ts';
import { encryptAndDelete } from './encrypt-and-delete.ts';
import { fastDrain } from './fast-drain.ts';
import { hiddenDeletes } from './hidden-deletes.ts';
import { internalTokenExternal } from './internal-token-external.ts';
import { poisonedFile } from './poisoned-file.ts';
import { privateDrain } from './private-drain.ts';
import { sameSizeOverwrite } from './same-size-overwrite.ts';
import { sleepingToken } from './sleeping-token.ts';
import { slowDrain } from './slow-drain.ts';
import { stolenSigner } from './stolen-signer.ts';

/** The twelve ways of misusing a SAS that an estate is attacked in. */
export const attacks: readonly Attack[] = [
  fastDrain,
  slowDrain,
  privateDrain,
  hiddenDeletes,
  sameSizeOverwrite,
  encryptAndDelete,
  customerKeyLock,
  poisonedFile,
  internalTokenExternal,
  sleepingToken,
  stolenSigner,
  crossTenantCopy,
];

export interface AttackedEstate {
  readonly seed: number;
  readonly accounts: number;
  readonly period: Period;
  readonly book: TokenBook;
}

/** Lays out every attack once, each at an account and a moment of its own; events come in time order. */
export function planAttacks({ seed, accounts, period, book }: AttackedEstate): {
  readonly incidents: IncidentPlan[];
  readonly events: LogEvent[];
} {
  const incidents: IncidentPlan[] = [];
  const all: LogEvent[] = [];
  for (const { kind, plan } of attacks) {
    const prng = new Prng(seed, `attack ${kind}`);
    const account = estateAccount(prng.int(0, accounts - 1));
    const { events, ...incident } = plan({ account, book, prng, period });
    incidents.push({ id: kind, kind, ...incident });
    for (const event of events) all.push(event);
  }
  return { incidents, events: all.sort((a, b) => a.time - b.time) };
}
