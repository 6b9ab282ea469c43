import type { AccessToken, GetTokenOptions, TokenCredential } from '@azure/identity';

/**
 * Whoever is signed in, as the SDK finds out: workload identity, managed identity, `az login`.
 *
 * The SDK of it is loaded at the first token: it costs a thread as much as opening a database, and with a key or a SAS nobody
 * asks.
 */
export class SignedInCredential implements TokenCredential {
  #found: Promise<TokenCredential> | undefined;

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null> {
    this.#found ??= import('@azure/identity').then(({ DefaultAzureCredential }) => new DefaultAzureCredential());
    return (await this.#found).getToken(scopes, options);
  }
}
