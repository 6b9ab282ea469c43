import { expect, it } from 'vitest';
import { FilePlan } from '../../../src/ingest/sources/plan.ts';

it('hands standard input out once: a lane that failed has taken bytes of it that nobody can read again', async () => {
  const plan = new FilePlan(
    { paths: ['-'], once: true, tail: 'take', stdinName: 'stdin', logged: null },
    () => undefined,
  );
  await plan.open();
  expect(await plan.nextWork(0, [])).toMatchObject([{ kind: 'file', path: '-', partition: 'stdin#0' }]);
  plan.recover(0);
  await expect(plan.nextWork(0, [])).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE', retryable: false });
});
