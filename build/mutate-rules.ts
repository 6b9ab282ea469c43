import { parseArgs } from 'node:util';
import { TestBench } from '../src/detect/check.ts';
import type { Detection, DetectionTest } from '../src/detect/detection.ts';
import { allDetections } from '../src/detect/shipped.ts';
import { withEchoes } from '../test/detect/echo.ts';
import { conditionMutants } from './rule-conditions.ts';

/** A rule with one thing about it changed. */
interface Mutant {
  readonly what: string;
  readonly rule: Detection;
}

const intervalPattern = /^(\d+) (.+)$/;

/** A parameter's default halved and doubled. */
function shifted(value: string | number, type: 'integer' | 'number' | 'interval'): (string | number)[] {
  if (typeof value === 'string') {
    const [, count = '0', unit = ''] = intervalPattern.exec(value) ?? [];
    const finer: Record<string, [number, string]> = {
      hour: [60, 'minutes'],
      day: [24, 'hours'],
      minute: [60, 'seconds'],
    };
    const [factor, name] = finer[unit.replace(/s$/, '')] ?? [1, unit];
    const whole = Number(count) * factor;
    return [Math.floor(whole / 2), whole * 2].map((number) => `${number} ${name}`);
  }
  if (type === 'number') return [value / 2, value * 2];
  // What asks for one asks for any: none is no other limit.
  return [Math.floor(value / 2), value * 2].filter((number) => number >= 1);
}

function parameterMutants(rule: Detection): Mutant[] {
  return Object.entries(rule.params).flatMap(([name, parameter]) =>
    shifted(parameter.default, parameter.type).map((value) => ({
      what: `${name}: ${parameter.default} -> ${value}`,
      rule: { ...rule, params: { ...rule.params, [name]: { ...parameter, default: value } } } as Detection,
    })),
  );
}

function mutantsOf(rule: Detection): Mutant[] {
  const conditions = conditionMutants(rule.sql).map(({ what, sql }) => ({ what, rule: { ...rule, sql } }));
  return [...parameterMutants(rule), ...conditions];
}

async function rowsText(bench: TestBench, rule: Detection, test: DetectionTest): Promise<string> {
  return (await bench.rows(rule, test))
    .map((row) => JSON.stringify(row))
    .sort()
    .join('\n');
}

/** The mutants that no test of the rule notices. A mutant that fails is noticed. */
async function survivors(bench: TestBench, rule: Detection): Promise<{ survived: Mutant[]; all: number }> {
  const mutants = mutantsOf(rule);
  let left = mutants;
  for (const test of rule.tests) {
    await bench.fill(test);
    const next: { mutant: Mutant; rows: string }[] = [];
    for (const mutant of left) {
      const { passed } = await bench.run(mutant.rule, test).catch(() => ({ passed: false }));
      if (passed) next.push({ mutant, rows: await rowsText(bench, mutant.rule, test) });
    }
    left = next.map(({ mutant }) => mutant);
    if (left.length === 0 || rule.kind === 'posture' || test.expect.length === 0) continue;
    const plain = await rowsText(bench, rule, test);
    const echoed = withEchoes(test);
    await bench.fill(echoed);
    if ((await rowsText(bench, rule, echoed)) !== plain) continue;
    left = [];
    for (const { mutant, rows } of next) {
      if ((await rowsText(bench, mutant.rule, echoed).catch(() => '')) === rows) left.push(mutant);
    }
  }
  return { survived: left, all: mutants.length };
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const rules = (await allDetections([])).filter(({ code }) => positionals.length === 0 || positionals.includes(code));
  const bench = await TestBench.open();
  let caught = 0;
  let all = 0;
  for (const rule of rules) {
    const outcome = await survivors(bench, rule);
    all += outcome.all;
    caught += outcome.all - outcome.survived.length;
    process.stdout.write(`${rule.code.padEnd(8)} ${outcome.all - outcome.survived.length} of ${outcome.all} caught\n`);
    for (const { what } of outcome.survived) process.stdout.write(`         not caught: ${what}\n`);
  }
  bench.close();
  process.stdout.write(`${caught} of ${all} mutants caught\n`);
  process.exitCode = caught === all ? 0 : 1;
}

await main();
