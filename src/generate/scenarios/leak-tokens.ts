import { workspaceAccount as account, type TokenBook } from '../estate.ts';
import type { SasToken } from '../sas-token.ts';
import { policyParameters } from '../story/readers.ts';
import { at } from '../timeline.ts';

/** The story's calendar, UTC milliseconds. */
export const story = {
  /** Whole days around it all. */
  period: { start: at('2020-07-20T00:00Z'), end: at('2023-07-01T00:00Z') },
  firstLinkUsed: at('2020-07-20T10:00Z'),
  firstLinkExpired: at('2021-10-05T21:00Z'),
  secondLinkUsed: at('2021-10-06T09:00Z'),
  keyRotated: at('2023-06-24T08:00Z'),
} as const;

/** The two leaked tokens and the collector's, before and after key1 was rotated. */
export interface LeakTokens {
  readonly first: SasToken;
  readonly second: SasToken;
  readonly collector: SasToken;
  readonly collectorAfter: SasToken;
}

/** Mints the tokens of the story: account SAS over everything with all powers, like the ones leaked in 2020 and 2021. */
export function mintLeakTokens(book: TokenBook): LeakTokens {
  const accountSas = (name: string, se: string): SasToken =>
    book.mint({
      name,
      benign: false,
      account: account.name,
      key: account.key1,
      parameters: { sv: '2019-12-12', ss: 'b', srt: 'sco', sp: 'rwdlacupx', se, spr: 'https' },
    });
  const collector = (name: string, key: 'key1' | 'key2'): SasToken =>
    book.mint({
      name,
      benign: true,
      account: account.name,
      key: account[key],
      resource: 'teams-export',
      parameters: policyParameters('chat-collector'),
    });
  return {
    first: accountSas('leaked link 2020', '2021-10-05T21:00:00Z'),
    second: accountSas('leaked link 2021', '2051-10-05T21:00:00Z'),
    collector: collector('chat collector', 'key1'),
    collectorAfter: collector('chat collector after rotation', 'key2'),
  };
}
