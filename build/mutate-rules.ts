import { parseArgs } from 'node:util';
import { TestBench } from '../src/detect/check.ts';
import { allDetections } from '../src/detect/shipped.ts';
import { tryMutants } from './rule-survivors.ts';

/** Prints what the tests of each rule do not notice; exit code 1 if there is anything. Arguments: codes of rules, or none. */
async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const rules = (await allDetections([])).filter(({ code }) => positionals.length === 0 || positionals.includes(code));
  const bench = await TestBench.open();
  let faults = 0;
  let all = 0;
  for (const rule of rules) {
    const { survived, misjudged, ...verdict } = await tryMutants(bench, rule);
    all += verdict.all;
    faults += survived.length + misjudged.length;
    process.stdout.write(
      `${rule.code.padEnd(8)} ${verdict.all} mutants, ${survived.length + misjudged.length} at fault\n`,
    );
    for (const what of survived) process.stdout.write(`         no test notices: ${what}\n`);
    for (const what of misjudged) process.stdout.write(`         is said to find the same, and does not: ${what}\n`);
  }
  bench.close();
  process.stdout.write(`${all} mutants, ${faults} at fault\n`);
  process.exitCode = faults === 0 ? 0 : 1;
}

await main();
