import type { TokenBook } from './estate.ts';
import type { Category, LogEvent } from './log-event.ts';
import type { SasKind } from './sas-token.ts';
import type { Period } from './timeline.ts';

/** What a scenario says about one incident before it happens; the counts come from the events themselves. */
export interface IncidentPlan {
  readonly id: string;
  /** Rules that must find it. */
  readonly rules: readonly string[];
  /** Rules that may also speak, rightly. */
  readonly rulesAllowed: readonly string[];
  /** What is done, as `fast-drain`; the id where an estate has one of each. */
  readonly kind: string;
  /** SasSignature hash of the token it is done with. */
  readonly tokenHash: string;
  /** Further tokens it is done with or done to; a finding about one of them is a finding about the incident. */
  readonly tokenHashes?: readonly string[];
  /** MITRE ATT&CK tactic. */
  readonly tactic: string;
  readonly description: string;
  /** UTC milliseconds, where the incident outlasts its marked events (a token that stays in use). */
  readonly until?: number;
}

export interface TruthIncident {
  readonly id: string;
  readonly kind: string;
  readonly rules: readonly string[];
  readonly rules_allowed: readonly string[];
  readonly entity: { readonly type: 'token'; readonly token_hash: string; readonly account: string };
  /** Every token it is done with or done to, that of `entity` first. */
  readonly token_hashes: readonly string[];
  readonly start: string;
  readonly end: string;
  readonly tactic: string;
  readonly description: string;
  readonly rows: number;
  readonly bytes_out: number;
  readonly bytes_in: number;
  readonly caller_ips: readonly string[];
  /** Every object touched, as `container/blob`, in order of first touch. */
  readonly objects: readonly string[];
}

export interface TruthToken {
  readonly name: string;
  /** 64 upper-case hex digits, the SasSignature part of the log's tokenHash. */
  readonly token_hash: string;
  readonly kind: SasKind;
  readonly account: string;
  readonly key_name: string;
  readonly benign: boolean;
}

/** What really happened: the file `truth.json`. Holds hashes only, never a signature. */
export interface Truth {
  readonly scenario: string;
  readonly seed: number;
  /** What the scenario is about; single rows may lie before it. */
  readonly period_start: string;
  readonly period_end: string;
  /** Storage accounts with rows. */
  readonly accounts: number;
  readonly rows: number;
  readonly bytes_out: number;
  readonly bytes_in: number;
  readonly first_time: string;
  readonly last_time: string;
  readonly rows_by_category: Readonly<Record<Category, number>>;
  readonly rows_by_activity: Readonly<Record<string, number>>;
  readonly tokens: readonly TruthToken[];
  readonly incidents: readonly TruthIncident[];
}

interface IncidentTally {
  first: number;
  last: number;
  rows: number;
  bytesOut: number;
  bytesIn: number;
  readonly account: string;
  readonly callers: Set<string>;
  readonly objects: Set<string>;
}

const iso = (time: number): string => new Date(Math.floor(time)).toISOString();

/** The address of `address:port`; IPv6 callers carry no port. */
function withoutPort(callerIp: string): string {
  const port = callerIp.lastIndexOf(':');
  return port === callerIp.indexOf(':') && port > 0 ? callerIp.slice(0, port) : callerIp;
}

interface TruthSource {
  readonly scenario: string;
  readonly seed: number;
  readonly period: Period;
  readonly book: TokenBook;
  readonly incidents: readonly IncidentPlan[];
}

/** Counts events as they pass, so that the truth is what was written and not what was meant. */
export class Tally {
  #rows = 0;
  #bytesOut = 0;
  #bytesIn = 0;
  #first = Number.NaN;
  #last = Number.NaN;
  readonly #categories: Record<Category, number> = { StorageRead: 0, StorageWrite: 0, StorageDelete: 0 };
  readonly #accounts = new Set<string>();
  readonly #activities = new Map<string, number>();
  readonly #incidents = new Map<string, IncidentTally>();

  add(event: LogEvent): void {
    if (this.#rows++ === 0) this.#first = event.time;
    this.#last = event.time;
    this.#bytesOut += event.bytesOut;
    this.#bytesIn += event.bytesIn;
    this.#accounts.add(event.account.name);
    this.#categories[event.operation.category]++;
    this.#activities.set(event.activity, (this.#activities.get(event.activity) ?? 0) + 1);
    if (event.incident !== '') this.#addToIncident(event);
  }

  #addToIncident(event: LogEvent): void {
    let tally = this.#incidents.get(event.incident);
    if (tally === undefined) {
      const account = event.account.name;
      const counts = {
        rows: 0,
        bytesOut: 0,
        bytesIn: 0,
        account,
        callers: new Set<string>(),
        objects: new Set<string>(),
      };
      tally = { first: event.time, last: event.time, ...counts };
      this.#incidents.set(event.incident, tally);
    }
    tally.last = event.time;
    tally.rows++;
    tally.bytesOut += event.bytesOut;
    tally.bytesIn += event.bytesIn;
    tally.callers.add(withoutPort(event.callerIp));
    if (event.blob !== '') tally.objects.add(`${event.container}/${event.blob}`);
  }

  truth({ scenario, seed, period, book, incidents }: TruthSource): Truth {
    return {
      scenario,
      seed,
      period_start: iso(period.start),
      period_end: iso(period.end),
      accounts: this.#accounts.size,
      rows: this.#rows,
      bytes_out: this.#bytesOut,
      bytes_in: this.#bytesIn,
      first_time: iso(this.#first),
      last_time: iso(this.#last),
      rows_by_category: this.#categories,
      rows_by_activity: Object.fromEntries(this.#activities),
      tokens: book.tokens.map(({ name, tokenHash, kind, account, key, benign }) => {
        return { name, token_hash: tokenHash, kind, account, key_name: key.name, benign };
      }),
      incidents: incidents.flatMap((plan) => {
        const tally = this.#incidents.get(plan.id);
        return tally === undefined ? [] : [incidentTruth(plan, tally)];
      }),
    };
  }
}

function incidentTruth(plan: IncidentPlan, tally: IncidentTally): TruthIncident {
  return {
    id: plan.id,
    kind: plan.kind,
    rules: plan.rules,
    rules_allowed: plan.rulesAllowed,
    entity: { type: 'token', token_hash: plan.tokenHash, account: tally.account },
    token_hashes: [plan.tokenHash, ...(plan.tokenHashes ?? [])],
    start: iso(tally.first),
    end: iso(Math.max(tally.last, plan.until ?? 0)),
    tactic: plan.tactic,
    description: plan.description,
    rows: tally.rows,
    bytes_out: tally.bytesOut,
    bytes_in: tally.bytesIn,
    caller_ips: [...tally.callers],
    objects: [...tally.objects],
  };
}
