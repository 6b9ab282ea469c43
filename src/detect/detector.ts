import type { Finding } from '../core/finding.ts';
import { openReader } from '../store/reader.ts';
import type { Detection } from './detection.ts';
import { type EventRange, fromWholeDay, runDetection } from './run.ts';
import { allDetections } from './shipped.ts';
import { keepEntities } from './workspace.ts';

/** Where findings are kept: the catalog. */
interface FindingStore {
  putFindings(findings: readonly Finding[]): Promise<{ added: number }>;
  findings(): Promise<Finding[]>;
}

interface DetectorDependencies {
  readonly dataDir: string;
  readonly catalog: FindingStore;
  readonly rules: readonly Detection[];
}

export interface Evaluation extends EventRange {
  /**
   * True where no more rows of the range are expected: findings that lie within it and that the rules do not confirm are
   * put again as not open.
   */
  readonly final: boolean;
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

  constructor(dependencies: DetectorDependencies) {
    this.#dependencies = dependencies;
  }

  /** With the shipped rules and those of further folders. @throws AppError DETECTION_INVALID */
  static async open({
    rulesDirs = [],
    ...rest
  }: Omit<DetectorDependencies, 'rules'> & { readonly rulesDirs?: readonly string[] }): Promise<Detector> {
    return new Detector({ ...rest, rules: await allDetections(rulesDirs) });
  }

  /**
   * @param evaluation event time, UTC microseconds; `since` is taken back to the start of its UTC day. Live, `until` is
   * the watermark: up to there every partition has been read.
   * @returns the findings that were not known before, oldest first.
   * @throws AppError DETECTION_FAILED if a rule's statement fails; rules before it have kept their findings.
   */
  async evaluate({ since, until, final }: Evaluation): Promise<Finding[]> {
    const { dataDir, catalog, rules } = this.#dependencies;
    const range = fromWholeDay({ since, until });
    const known = new Map((await catalog.findings()).map((finding) => [finding.id, finding]));
    const reader = await openReader(dataDir);
    const found: Finding[] = [];
    try {
      await keepEntities(reader.connection, range);
      for (const rule of rules) found.push(...(await runDetection(reader.connection, rule, range)));
    } finally {
      reader.close();
    }
    const withdrawn = final ? unconfirmed(known.values(), found, rules, range) : [];
    await catalog.putFindings([...found, ...withdrawn]);
    return found
      .filter(({ id }) => !known.has(id))
      .sort((a, b) => Number(a.firstSeen - b.firstSeen) || a.rule.localeCompare(b.rule));
  }
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
