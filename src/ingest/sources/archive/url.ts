import { AppError } from '../../../core/errors.ts';

/** A place in an archive: a container of a storage account, or what lies below a prefix of one. */
export interface ArchiveUrl {
  readonly account: string;
  readonly container: string;
  /** Empty, or as written; it need not end in `/`. */
  readonly prefix: string;
}

const form = 'az://ACCOUNT/CONTAINER[/PREFIX]';

/** True for what is meant as a place in an archive, whether it is written well or not. */
export function isArchiveUrl(text: string): boolean {
  return /^az:\/\//i.test(text);
}

/**
 * Reads `az://ACCOUNT/CONTAINER[/PREFIX]`; escapes as `%24logs` and `%3D` are resolved.
 *
 * @throws AppError CONFIG_INVALID for another form, and for one that holds a SAS.
 */
export function parseArchiveUrl(text: string): ArchiveUrl {
  if (/[?&]/.test(text)) {
    throw new AppError(
      'CONFIG_INVALID',
      `An archive is written ${form}, without a SAS: put that into SASWATCH_ARCHIVE__SAS or a file named by SASWATCH_ARCHIVE__SAS_FILE.`,
    );
  }
  const [, account, container, prefix = ''] = /^az:\/\/([a-z0-9]{3,24})\/([^/]+)(?:\/(.*))?$/i.exec(text) ?? [];
  if (account === undefined || container === undefined) {
    throw new AppError(
      'CONFIG_INVALID',
      `Cannot read ${text}: an archive is written ${form}, as az://logstore/insights-logs-storageread.`,
    );
  }
  return { account: account.toLowerCase(), container: decodedName(container), prefix: decodedName(prefix) };
}

/** Resolves escapes once, where they are well formed. */
export function decodedName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
