import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { FreeSpaceFloor } from '../../src/ingest/admission.ts';

function floorOver(readings: readonly number[]) {
  const told: { waiting: boolean; freeBytes: number }[] = [];
  let looks = 0;
  const floor = new FreeSpaceFloor({
    path: '/data',
    freeBytesMin: 100,
    freeBytes: async () => readings[Math.min(looks++, readings.length - 1)] ?? 0,
    lookAgainMs: 1,
    onChange: (state) => told.push(state),
  });
  return { floor, told, looks: () => looks };
}

const never = new AbortController().signal;

it('lets everything in while there is room, and says nothing', async () => {
  const { floor, told } = floorOver([100, 5_000]);
  await floor.admit(never);
  await floor.admit(never);
  expect(told).toEqual([]);
});

it('waits until there is room, and says so once each way, however many lanes wait', async () => {
  const { floor, told, looks } = floorOver([99, 98, 97, 96, 95, 120]);
  await Promise.all([floor.admit(never), floor.admit(never)]);
  expect(told).toEqual([
    { waiting: true, freeBytes: 99 },
    { waiting: false, freeBytes: 120 },
  ]);
  expect(looks()).toBeGreaterThanOrEqual(6);
});

it('holds nobody who is to stop', async () => {
  const stop = new AbortController();
  const { floor } = floorOver([0]);
  const waiting = floor.admit(stop.signal);
  stop.abort();
  await waiting;
  await floor.admit(stop.signal);
  expect(stop.signal.aborted).toBe(true);
});

it('asks the disk itself', async () => {
  const told: number[] = [];
  const stop = new AbortController();
  const floor = new FreeSpaceFloor({
    path: tmpdir(),
    freeBytesMin: Number.MAX_SAFE_INTEGER,
    onChange: ({ freeBytes }) => {
      told.push(freeBytes);
      stop.abort();
    },
  });
  await floor.admit(stop.signal);
  expect(told[0]).toBeGreaterThan(0);
});
