import type { Account, TokenBook } from '../estate.ts';
import type { LogEvent } from '../log-event.ts';
import type { Prng } from '../prng.ts';
import type { Period } from '../timeline.ts';
import type { IncidentPlan } from '../truth.ts';

/** Where an attack takes place, with a random stream of its own. */
export interface Scene {
  readonly account: Account;
  readonly book: TokenBook;
  readonly prng: Prng;
  /** The estate's; an owner's earlier use of a token may lie before it. */
  readonly period: Period;
}

/** An attack laid out: its own events, marked with the incident, and those of the owner that it hides among. */
export interface AttackPlan extends Omit<IncidentPlan, 'id' | 'kind'> {
  /** In any order; at most some thousands. */
  readonly events: readonly LogEvent[];
}

/** One way of misusing a SAS. */
export interface Attack {
  /** Names it in the truth, as `fast-drain`; its events carry it as their incident. */
  readonly kind: string;
  plan(scene: Scene): AttackPlan;
}
