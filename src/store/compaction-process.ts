import type { StepRequest } from './compaction-step.ts';
import { runStepHere } from './step-runner.ts';

// The one who asked is gone: nobody will take the files over, and the next start sweeps them.
process.on('disconnect', () => process.exit(0));
process.on('message', (request: StepRequest) => {
  runStepHere(request).then((reply) => process.send?.(reply));
});
