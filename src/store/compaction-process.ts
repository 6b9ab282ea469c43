import { type AnyRequest, runStepHere } from './step-runner.ts';

// The one who asked is gone: nobody will take the files over, and the next start sweeps them.
process.on('disconnect', () => process.exit(0));
process.on('message', (request: AnyRequest) => {
  runStepHere(request).then((reply) => process.send?.(reply));
});
