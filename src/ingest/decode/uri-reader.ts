import { parseSas, type SasSet, tokenFingerprint } from '../../core/sas.ts';
import { parseUri, type StorageUri } from '../../core/storage-uri.ts';
import { cleanText } from './column-writer.ts';
import { Memo } from './memo.ts';

/** A SAS and its fingerprint in the account it was used in. */
export interface KnownSas {
  readonly set: SasSet;
  fingerprint(account: string): bigint;
}

interface Query {
  readonly text: string;
  readonly sas: KnownSas | null;
}

/** A uri as it may be stored, cut up; `parts` is null if it has no scheme and host. */
export interface CleanUri {
  readonly text: string;
  readonly parts: StorageUri | null;
  readonly sas: KnownSas | null;
}

function readQuery(query: string): Query {
  const text = cleanText(query);
  const set = parseSas(text);
  if (set === null) return { text, sas: null };
  const fingerprints = new Memo((account) => tokenFingerprint(account, set));
  return { text, sas: { set, fingerprint: (account) => fingerprints.get(account) } };
}

/** What could begin a parameter before the `?`, whose value would go on behind it. */
const parameterForm = /[=%\\]|&#/;

/** Cleans and cuts uris. Queries are remembered, because most requests of a token repeat one. */
export class UriReader {
  readonly #queries = new Memo(readQuery);

  read(uri: string): CleanUri {
    const question = uri.indexOf('?');
    const head = question < 0 ? uri : uri.slice(0, question);
    const text =
      question < 0 || parameterForm.test(head)
        ? cleanText(uri)
        : `${cleanText(head)}?${this.#queries.get(uri.slice(question + 1)).text}`;
    const parts = parseUri(text);
    return { text, parts, sas: parts?.query ? this.#queries.get(parts.query).sas : null };
  }
}
