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

const subscription = '00000000-0000-4000-8000-00000000c0de';

function account(name: string, group: string, firstKeyByte: number): Account {
  return {
    name,
    resourceId: `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Storage/storageAccounts/${name}/blobServices/default`,
    location: 'westeurope',
    key1: syntheticKey('key1', firstKeyByte),
    key2: syntheticKey('key2', firstKeyByte + 64),
  };
}

/** The research account of the story: models, ws-backup-a, ws-backup-b, teams-export, tmp. */
export const workspaceAccount = account('robustnessws', 'rg-robustness-research', 0);
/** Its harmless neighbour: builds, shares, $web, azure-webjobs-hosts. */
export const appsAccount = account('robustnessapps', 'rg-robustness-apps', 128);

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

/** What every activity gets: its own random stream and the book to mint into. */
export interface ActivityContext {
  readonly prng: Prng;
  readonly book: TokenBook;
}
