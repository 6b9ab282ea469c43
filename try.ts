import { generate } from './src/generate/scenario.ts';
import { ReferenceDecoder } from './src/ingest/decode/resource-log.ts';
import { ScannerDecoder } from './src/ingest/decode/scanner.ts';
import { scannerModule } from './src/ingest/decode/scanner-module.ts';
import { MutatedRecords } from './test/ingest/decode/mutated-record.ts';
const bases = [...generate({ scenario: 'robust-models', seed:1, rows: 10_000, oddities: 0.2, unredacted: 0.1 }).records()];
const cpu = (name: string, f: () => void) => { const c = process.cpuUsage(); f(); const { user, system } = process.cpuUsage(c); console.log(name, ((user + system) / 1e3).toFixed(2), 'ms'); };
const m = new MutatedRecords(1, bases.slice(0, 400));
const recs: Buffer[] = [];
cpu('make', () => { for (let i = 0; i < 4800; i++) recs.push(m.next(0.02)); });
const ref = new ReferenceDecoder(8000), scan = new ScannerDecoder(scannerModule()!, 8000);
const inputs: Buffer[] = [];
for (let i = 0; i < recs.length; i += 24) inputs.push(Buffer.concat(recs.slice(i, i + 24).flatMap((r) => [r, Buffer.from('\n')])));
for (const n of [1,2]) {
cpu('ref', () => { for (const b of inputs) ref.decode(b, 'lines', 7n); });
cpu('scan', () => { for (const b of inputs) scan.decode(b, 'lines', 7n); });
console.log(scan.takeFallback(), ref.rows, scan.rows);
ref.reset(); scan.reset();
}
