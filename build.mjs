// The build: types checked and emitted file by file, the scanner and the rules compiled, then the command made executable.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';

const run = (tool, ...args) => execFileSync(process.execPath, [`node_modules/${tool}`, ...args], { stdio: 'inherit' });

rmSync('dist', { recursive: true, force: true });
run('typescript/bin/tsc', '-p', 'tsconfig.build.json');
const { compileScanner } = await import('./dist/build/compile-scanner.js');
await compileScanner('dist/assembly/scanner.wasm');
const { compileRules } = await import('./dist/build/compile-rules.js');
await compileRules('dist/compiled-rules.json');
chmodSync('dist/src/cli/main.js', 0o755);
