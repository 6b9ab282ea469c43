import type { Prng } from './prng.ts';
import { mintSas, type SasRequest, type SasToken, type SigningKey } from './sas-token.ts';

/** One synthetic storage account. */
export interface Account {
  readonly name: string;
  readonly resourceId: string;
  readonly location: string;
  readonly key1: SigningKey;
  readonly key2: SigningKey;
}

/** 64 consecutive byte values from `first`, base64: an account key nobody can mistake for a real one. */
function syntheticKey(name: string, first: number): SigningKey {
  return { name, base64: Buffer.from(Array.from({ length: 64 }, (_, i) => (first + i) & 0xff)).toString('base64') };
}

const syntheticKeys = (first: number): [SigningKey, SigningKey] => [
  syntheticKey('key1', first),
  syntheticKey('key2', first + 64),
];

const subscription = '00000000-0000-4000-8000-00000000c0de';

/** Path of a storage account of ours as Azure Resource Manager has it. */
const accountId = (name: string, group: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${name}`;

function account(name: string, group: string, key1: SigningKey, key2: SigningKey): Account {
  return { name, resourceId: `${accountId(name, group)}/blobServices/default`, location: 'westeurope', key1, key2 };
}

/** The `index`-th account of an estate of any size; its keys are 64 readable bytes that nobody can mistake for real ones. */
export function estateAccount(index: number): Account {
  const name = `estate${String(index).padStart(3, '0')}`;
  const key = (keyName: string): SigningKey => {
    const text = `made up ${keyName} of ${name} `.repeat(3).slice(0, 64);
    return { name: keyName, base64: Buffer.from(text).toString('base64') };
  };
  return account(name, 'rg-estate', key('key1'), key('key2'));
}

/** Resource Manager's path of an account of an estate. */
export const estateAccountId = (name: string): string => accountId(name, 'rg-estate');

/** The research account of the story: models, ws-backup-a, ws-backup-b, teams-export, tmp. */
export const workspaceAccount = account('robustnessws', 'rg-robustness-research', ...syntheticKeys(0));
/** Its harmless neighbour: builds, shares, $web, azure-webjobs-hosts. */
export const appsAccount = account('robustnessapps', 'rg-robustness-apps', ...syntheticKeys(128));

/** The key Azure AD gives a principal for signing user delegation SAS; here fixed, as everything else. */
export const delegationKey: SigningKey = { ...syntheticKey('system-delegation', 7), name: 'system-delegation' };

export const tenantId = '11111111-2222-4333-8444-555555555555';
export const backupPrincipalId = '9d0c7d3c-1111-4a5b-8c6d-0123456789ab';
export const deployPrincipalId = '5ab1e0de-2222-4a5b-8c6d-0123456789ab';

/** Every SAS a run has minted, in order; the source of the truth's token list. */
export class TokenBook {
  readonly tokens: SasToken[] = [];

  mint(request: SasRequest): SasToken {
    const token = mintSas(request);
    this.tokens.push(token);
    return token;
  }
}

/**
 * A SAS that is used a few times and forgotten, as one of millions minted one for each object: it is in no list, so its
 * signature is never shown either.
 */
export function mintUnlisted(request: SasRequest): SasToken {
  const token = mintSas(request);
  return { ...token, rawQuery: token.redactedQuery };
}

/** What every activity gets: its own random stream and the book to mint into. */
export interface ActivityContext {
  readonly prng: Prng;
  readonly book: TokenBook;
}
