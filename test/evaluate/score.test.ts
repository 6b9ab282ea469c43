import { describe, expect, it } from 'vitest';
import { isAbout } from '../../src/evaluate/match.ts';
import { median, ownTimes, score, secondsToAlert } from '../../src/evaluate/score.ts';
import { alarm, at, hash, incident, truth } from './incident.ts';

const drain = incident();
const wipe = incident({ id: 'wipe', tactic: 'Impact', token_hashes: [hash('C')] });
const all = truth([drain, wipe]);

describe('score', () => {
  it('counts a finding about an incident as right whatever its tactic, and others against precision', () => {
    const alarms = [alarm(), alarm({ tactics: ['initial-access'] }), alarm({ token: hash('D').slice(0, 32) })];
    expect(score(alarms, all, [drain, wipe], ownTimes)).toMatchObject({
      findings: 3,
      right: 2,
      precision: 2 / 3,
      incidents: 2,
      detected: 1,
      recall: 0.5,
    });
  });

  it('does not take a finding of another tactic as a detection unless asked to', () => {
    const wrong = [alarm({ tactics: ['impact'] })];
    expect(score(wrong, all, [drain], ownTimes).detected).toBe(0);
    expect(score(wrong, all, [drain], ownTimes, isAbout).detected).toBe(1);
  });

  it('counts an incident once, however many findings it has', () => {
    expect(score([alarm(), alarm(), alarm()], all, [drain], ownTimes)).toMatchObject({ detected: 1, recall: 1 });
  });

  it('gives findings a day for 100 accounts: ten days, two accounts', () => {
    expect(score([alarm(), alarm()], all, [], ownTimes).findings_per_day_per_100_accounts).toBe(10);
  });

  it('has no ratio where there is nothing to count', () => {
    expect(score([], all, [], ownTimes)).toMatchObject({
      precision: null,
      recall: null,
      median_seconds_to_alert: null,
    });
  });
});

it('takes the first alarm that finds an incident, and never a time before its start', () => {
  const [late, early] = ['2024-06-10T10:30Z', '2024-06-10T10:05Z'].map((time) => alarm({ alertAt: at(time) }));
  expect(secondsToAlert(drain, [late!, early!], ownTimes)).toBe(300);
  expect(secondsToAlert(drain, [alarm({ alertAt: at('2024-06-10T09:00Z') })], ownTimes)).toBe(0);
  expect(secondsToAlert(wipe, [late!, early!], ownTimes)).toBeNull();
});

it.each([
  [[], null],
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 2, 9], 3],
])('the median of %j is %j', (numbers, expected) => {
  expect(median(numbers)).toBe(expected);
});
