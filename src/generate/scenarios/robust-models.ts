import { TokenBook } from '../estate.ts';
import { Prng } from '../prng.ts';
import type { Scenario } from '../scenario-plan.ts';
import { everydayTraffic } from '../story/everyday.ts';
import { minuteMs } from '../timeline.ts';
import type { IncidentPlan } from '../truth.ts';
import { leakAttack } from './leak-attack.ts';
import { type LeakTokens, mintLeakTokens, story } from './leak-tokens.ts';

function incidents({ first, second, collector }: LeakTokens): IncidentPlan[] {
  const secondHash = second.tokenHash;
  return [
    {
      id: 'long-lived-account-sas',
      kind: 'long-lived-account-sas',
      rules: ['P-02', 'P-04'],
      rulesAllowed: ['P-01', 'P-06'],
      tokenHash: first.tokenHash,
      tactic: 'Persistence',
      description: 'An account SAS with every power, valid for 442 days, is published with the models.',
      until: story.firstLinkExpired,
    },
    {
      id: 'never-expiring-account-sas',
      kind: 'never-expiring-account-sas',
      rules: ['P-02', 'P-03', 'P-04'],
      rulesAllowed: ['P-01', 'P-06', 'B-NEW-1'],
      tokenHash: secondHash,
      tactic: 'Persistence',
      description: 'The published link is renewed until 2051.',
      until: story.keyRotated,
    },
    {
      id: 'account-enumeration',
      kind: 'account-enumeration',
      rules: ['B-OP-1', 'W-LST-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-SCP-1', 'W-EXF-2'],
      tokenHash: secondHash,
      tactic: 'Discovery',
      description: 'The account and 300,000 keys of five containers are listed from a hosting network.',
    },
    {
      id: 'workstation-drain',
      kind: 'workstation-drain',
      rules: ['W-EXF-1'],
      rulesAllowed: ['W-EXF-2', 'W-EXF-4', 'B-VOL-1', 'B-NET-1', 'B-OP-1', 'B-SCP-1'],
      tokenHash: secondHash,
      tactic: 'Exfiltration',
      description: 'Nine days, 60 GB each, of a workstation backup go to three addresses.',
    },
    {
      id: 'collector-token-borrowed',
      kind: 'collector-token-borrowed',
      rules: ['B-NET-1'],
      rulesAllowed: ['B-UA-1', 'B-VOL-1'],
      tokenHash: collector.tokenHash,
      tactic: 'Initial Access',
      description: 'A policy-controlled container token, for years used from two networks, reads chats from a third.',
    },
    {
      id: 'model-overwrite',
      kind: 'model-overwrite',
      rules: ['B-OP-1'],
      rulesAllowed: ['W-POI-1', 'B-NET-1', 'B-UA-1'],
      tokenHash: secondHash,
      tactic: 'Impact',
      description: 'One published checkpoint is replaced.',
    },
    {
      id: 'model-overwrite-burst',
      kind: 'model-overwrite-burst',
      rules: ['W-OVR-1'],
      rulesAllowed: ['W-POI-1', 'W-OVR-2', 'B-OP-1', 'B-NET-1', 'B-UA-1', 'B-VOL-1'],
      tokenHash: secondHash,
      tactic: 'Impact',
      description: '130 published models are read and, two hours later, replaced within twelve minutes.',
    },
    {
      id: 'model-deletion',
      kind: 'model-deletion',
      rules: ['W-DEL-1', 'B-OP-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1'],
      tokenHash: secondHash,
      tactic: 'Impact',
      description: '120 retired models are deleted within eight minutes.',
    },
    {
      id: 'scouting',
      kind: 'scouting',
      rules: ['B-OP-1', 'W-LST-1'],
      rulesAllowed: ['B-NET-1', 'B-UA-1', 'B-SCP-1', 'W-EXF-2'],
      tokenHash: secondHash,
      tactic: 'Discovery',
      description: 'Somebody finds the token, lists four containers on three days and samples a few files of each.',
    },
  ];
}

/**
 * The leak of 2020 to 2023, retold on synthetic accounts: an over-powerful account SAS is published with research models,
 * renewed until 2051, found, used to list, drain, overwrite and delete, and revoked by rotating key1. Three years of
 * everyday traffic surround some 4,000 story rows, which are complete whatever the number of rows. Beside the story as it
 * is known, two steps are added: a burst of 130 overwrites on 2022-11-02, and the borrowed token of a chat collector.
 */
export const robustModels: Scenario = {
  name: 'robust-models',
  rowsMin: 10_000,
  size: null,
  delivery: { duplicates: 0, late: 0 },
  plan(rows, seed) {
    const book = new TokenBook();
    const tokens = mintLeakTokens(book);
    const attack = leakAttack(tokens, new Prng(seed, 'leak'));
    const { period, firstLinkUsed, firstLinkExpired, secondLinkUsed, keyRotated } = story;
    const everyday = everydayTraffic({
      seed,
      book,
      rows: rows - attack.length,
      period,
      links: [
        { token: tokens.first, period: { start: firstLinkUsed + minuteMs, end: firstLinkExpired } },
        { token: tokens.second, period: { start: secondLinkUsed + minuteMs, end: keyRotated } },
      ],
      collectorTokenAt: (time) => (time < keyRotated ? tokens.collector : tokens.collectorAfter),
      keyRotation: keyRotated,
    });
    return { period, book, incidents: incidents(tokens), streams: [attack.values(), ...everyday] };
  },
};
