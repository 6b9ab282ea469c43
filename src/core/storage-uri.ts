/** A storage URL cut where it is written; `base + path + (query === null ? '' : '?' + query)` is the text. */
export interface StorageUri {
  /** Scheme, host and port as written. */
  readonly base: string;
  readonly path: string;
  /** Null if there is no `?`. */
  readonly query: string | null;
}

const baseForm = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/;

/** Cuts a URL; null if it has no scheme and host, as the UNC paths of SMB. */
export function parseUri(text: string): StorageUri | null {
  const base = baseForm.exec(text)?.[0];
  if (base === undefined) return null;
  const question = text.indexOf('?', base.length);
  if (question < 0) return { base, path: text.slice(base.length), query: null };
  return { base, path: text.slice(base.length, question), query: text.slice(question + 1) };
}

const hostForm = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^./:@[\]]+)(?:\.z\d+)?\.(blob|file|queue|table|dfs|web)\./i;

/** Account and service named by a storage host, `acct.blob.core.windows.net`; Data Lake and web hosts are blob. */
export function hostAccount(base: string): { readonly account: string; readonly service: string } | null {
  const match = hostForm.exec(base);
  if (match === null) return null;
  const [, account = '', name = ''] = match;
  const service = name.toLowerCase();
  return { account, service: service === 'dfs' || service === 'web' ? 'blob' : service };
}

const resourceForm = /\/storageAccounts\/([^/]+)(?:\/(blob|file|queue|table)Services)?/i;

/** Account and service named by an Azure resource id. */
export function resourceAccount(resourceId: string): { readonly account: string; readonly service: string } | null {
  const match = resourceForm.exec(resourceId);
  return match === null ? null : { account: match[1] ?? '', service: (match[2] ?? '').toLowerCase() };
}
