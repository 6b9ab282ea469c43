import type { Config } from '../core/config.ts';
import type { AppError } from '../core/errors.ts';
import type { Finding } from '../core/finding.ts';
import { startOfDay } from '../core/utc-day.ts';
import type { SegmentFile } from '../store/commit.ts';
import { openReader } from '../store/reader.ts';
import type { Detection } from './detection.ts';
import { type FeedRow, readFeeds, showFeeds } from './feed-files.ts';
import { withNeedsMet } from './needs.ts';
import { lakeFailure, RuleFaults } from './rule-faults.ts';
import { plainViews, type RuleViews } from './rule-views.ts';
import { type EventRange, findingsOf, fromWholeDay, hitsOf, type RuleHit } from './run.ts';
import { allDetections } from './shipped.ts';
import { StandingWorkspace } from './standing-workspace.ts';
import { checkSuppressions, suppress } from './suppression.ts';
import { ToldFindings } from './told-findings.ts';
import { type Tuning, tuningOf } from './tuning.ts';
import { keepEntities } from './workspace.ts';

/** Where findings are kept: the catalog. */
interface FindingStore {
  putFindings(findings: readonly Finding[]): Promise<{ added: number }>;
  finding(id: string): Finding | undefined;
  findings(): Promise<Finding[]>;
}

interface DetectorDependencies {
  readonly dataDir: string;
  readonly catalog: FindingStore;
  readonly rules: readonly Detection[];
  readonly tuning: Tuning;
  readonly suppressions: Config['detect']['suppressions'];
  readonly feeds: readonly FeedRow[];
  /** Takes a rule that begins to fail; the others are run all the same. */
  readonly onFault?: (fault: AppError) => void;
}

/**
 * Which rules are run: those that need no more than the rows there are, by their kind, all that are judged at every run
 * (`settled`), or also those judged once a day is over (`all`).
 */
type RuleChoice = 'posture' | 'window' | 'settled' | 'all';

const chosen: Readonly<Record<RuleChoice, (rule: Detection) => boolean>> = {
  posture: ({ kind, every }) => every === 'run' && kind === 'posture',
  window: ({ kind, every }) => every === 'run' && kind === 'window',
  settled: ({ every }) => every === 'run',
  all: () => true,
};

/** What becomes of what rules give: which rows are made findings, and who takes the rules that fail. */
interface Outcome {
  readonly isWanted: (hit: RuleHit) => boolean;
  readonly faults: RuleFaults;
  /** What rules need not give again. */
  readonly told: ToldFindings | undefined;
}

interface DetectorSettings extends Pick<DetectorDependencies, 'dataDir' | 'catalog' | 'onFault'> {
  readonly config?: Pick<Config['detect'], 'rules' | 'parameters' | 'suppressions' | 'feeds'>;
}

export interface Evaluation extends EventRange {
  /** All, unless told otherwise. */
  readonly choice?: RuleChoice;
  /** Go on from the entities of the run before, where rows came only for the range since; else derive all anew. */
  readonly standing?: boolean;
  /** Use every core from now on, where nothing goes on beside it and there is much to read; one, unless told otherwise. */
  readonly allCores?: boolean;
  /**
   * True where no more rows of the range are expected: findings that lie within it and that the rules do not confirm are
   * put again as not open.
   */
  readonly final: boolean;
  /** Called before each statement, and while one reads the log; may evaluate other rules, over the standing entities too. */
  readonly pause?: () => Promise<void>;
}

/**
 * Runs the rules over the lake and keeps what they find.
 *
 * A finding is named by rule, token and day (a posture finding by rule and token alone), never by the order in which
 * partitions arrived, so evaluating again adds nothing twice: `evaluate` may be called as often as rows come in, with a
 * range that covers their event times. A last call over the whole range with `final` leaves open exactly what one pass
 * over the finished lake would find.
 */
export class Detector {
  readonly #dependencies: DetectorDependencies;
  readonly #told = new ToldFindings();
  /** Rules that failed when they were run last. */
  readonly #failed = new Set<Detection>();
  #standing: StandingWorkspace | null = null;

  constructor(dependencies: DetectorDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * With the shipped rules, those of further folders, and what the configuration says about them.
   *
   * @throws AppError DETECTION_INVALID, CONFIG_INVALID
   */
  static async open({ config, ...rest }: DetectorSettings): Promise<Detector> {
    const rules = await allDetections(config?.rules ?? []);
    checkSuppressions(config?.suppressions ?? [], rules);
    return new Detector({
      ...rest,
      rules,
      tuning: tuningOf(config?.parameters ?? [], rules),
      suppressions: config?.suppressions ?? [],
      feeds: await readFeeds(config?.feeds ?? []),
    });
  }

  /**
   * @param evaluation event time, UTC microseconds; `since` is taken back to the start of its UTC day. Live, `until` is
   * the watermark: up to there every partition has been read.
   * @returns the findings that were not known before and that no suppression keeps quiet, oldest first.
   * @throws AppError DETECTION_FAILED where the lake cannot be read; and for a rule that fails, where nobody takes faults. By
   * then the others have kept their findings.
   */
  async evaluate({ since, until, final, choice = 'all', standing = false, ...manner }: Evaluation): Promise<Finding[]> {
    const { catalog } = this.#dependencies;
    const rules = this.#dependencies.rules.filter(chosen[choice]);
    const range = { since: final ? fromWholeDay({ since, until }).since : since, until };
    const isWanted = (hit: RuleHit) => final || !this.#told.has(hit.id) || isNews(catalog.finding(hit.id), hit, choice);
    const faults = new RuleFaults();
    // What such a run would say of a token that it has told of waits for the watermark in any case.
    const outcome = { isWanted, faults, told: choice === 'window' && !final ? this.#told : undefined };
    const running = standing
      ? this.#runStanding(rules, range, { ...manner, final, ...outcome })
      : this.#runAnew(rules, range, outcome);
    const found = await running.catch((cause: unknown) => {
      throw lakeFailure(cause);
    });
    const fresh = found.filter(({ id }) => catalog.finding(id) === undefined);
    const sound = rules.filter((rule) => !faults.has(rule));
    const withdrawn = final ? unconfirmed(await catalog.findings(), found, sound, range) : [];
    await catalog.putFindings([...found, ...withdrawn]);
    this.#told.add(found);
    this.#tell(sound, faults);
    return fresh
      .filter(({ suppression }) => suppression === null)
      .sort((a, b) => Number(a.firstSeen - b.firstSeen) || a.rule.localeCompare(b.rule));
  }

  /** How many rules failed when they were run last. */
  get failedRules(): number {
    return this.#failed.size;
  }

  /** Tells of a rule when it begins to fail: it may do so at every run. */
  #tell(sound: readonly Detection[], faults: RuleFaults): void {
    for (const rule of sound) this.#failed.delete(rule);
    for (const [rule, fault] of faults) {
      if (this.#dependencies.onFault === undefined) throw fault;
      if (!this.#failed.has(rule)) this.#dependencies.onFault(fault);
      this.#failed.add(rule);
    }
  }

  /** Notes what was committed since the last run. */
  note(segments: readonly SegmentFile[]): void {
    this.#standing?.note(segments);
  }

  async #runAnew(rules: readonly Detection[], range: EventRange, outcome: Outcome): Promise<Finding[]> {
    const { connection, close } = await openReader(this.#dependencies.dataDir);
    try {
      await keepEntities(connection, range);
      await showFeeds(connection, this.#dependencies.feeds);
      return await this.#runAll(plainViews(connection), rules, range, outcome);
    } finally {
      close();
    }
  }

  async #runStanding(
    rules: readonly Detection[],
    range: EventRange,
    { final, allCores = false, pause, ...outcome }: Pick<Evaluation, 'final' | 'allCores' | 'pause'> & Outcome,
  ): Promise<Finding[]> {
    this.#standing ??= await StandingWorkspace.open(this.#dependencies.dataDir, this.#dependencies.feeds);
    if (allCores) await this.#standing.useAllCores();
    await this.#standing.refresh(range, final);
    const views = pause === undefined ? this.#standing : this.#standing.letting(pause);
    return this.#runAll(views, rules, range, outcome);
  }

  async #runAll(
    views: RuleViews,
    rules: readonly Detection[],
    range: EventRange,
    { isWanted, faults, told }: Outcome,
  ): Promise<Finding[]> {
    const { tuning, suppressions } = this.#dependencies;
    const hits: RuleHit[] = [];
    const met = await withNeedsMet({ views, range, tuning, faults, told }, rules);
    for (const { rule, shown } of met) {
      const found = await faults.of(rule, () => hitsOf(views, rule, range, tuning.get(rule.code), shown));
      hits.push(...(found ?? []).filter(isWanted));
    }
    await views.forget(met.flatMap(({ shown: { log } }) => log ?? []));
    if (suppressions.some(({ addresses }) => addresses !== undefined)) await views.ready('log_row');
    return suppress(views.connection, await findingsOf(views, hits), suppressions);
  }

  close(): void {
    this.#standing?.close();
    this.#standing = null;
  }
}

/**
 * Whether a row says more than its finding. Findings count, so that every run would revise every one of the day, and write the
 * file of all of them anew. While the level stays what it is, once a day is enough for a posture finding, which counts its
 * token's use, and the run up to the watermark for others; for all, the last look at a day.
 */
function isNews(
  known: Finding | undefined,
  { hit: { windowStart, level, lastSeen } }: RuleHit,
  choice: RuleChoice,
): boolean {
  if (known === undefined || !known.open || known.level !== level) return true;
  return windowStart === 0n ? startOfDay(known.lastSeen) !== startOfDay(lastSeen) : choice !== 'window';
}

/** Known findings whose whole time lies in the range and that these rules, as they are now, did not find again. */
function unconfirmed(
  known: Iterable<Finding>,
  found: readonly Finding[],
  rules: readonly Detection[],
  { since, until }: EventRange,
): Finding[] {
  const confirmed = new Set(found.map(({ id }) => id));
  const versions = new Map(rules.map(({ code, version }) => [code, version]));
  return [...known]
    .filter(
      ({ id, open, rule, ruleVersion, firstSeen, lastSeen }) =>
        open && !confirmed.has(id) && versions.get(rule) === ruleVersion && firstSeen >= since && lastSeen < until,
    )
    .map((finding) => ({ ...finding, open: false }));
}
