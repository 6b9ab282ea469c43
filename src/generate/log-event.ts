import type { Caller } from './caller.ts';
import type { Account } from './estate.ts';

export type Category = 'StorageRead' | 'StorageWrite' | 'StorageDelete';

/** One storage operation: its log name and category, and the version header its caller sends. */
export interface Operation {
  readonly name: string;
  readonly category: Category;
  /** Query the REST call carries beside the SAS (`comp=list`), '' if none. */
  readonly query: string;
}

function operation(name: string, category: Category, query = ''): Operation {
  return { name, category, query };
}

/** The operations the scenarios use, spelled as the logs spell them. */
export const operations = {
  getBlob: operation('GetBlob', 'StorageRead'),
  getBlobProperties: operation('GetBlobProperties', 'StorageRead'),
  listBlobs: operation('ListBlobs', 'StorageRead', 'restype=container&comp=list&maxresults=5000&include='),
  listContainers: operation('ListContainers', 'StorageRead', 'comp=list&maxresults=5000'),
  getAccountInformation: operation('GetAccountInformation', 'StorageRead', 'restype=account&comp=properties'),
  getContainerProperties: operation('GetContainerProperties', 'StorageRead', 'restype=container'),
  getContainerAcl: operation('GetContainerACL', 'StorageRead', 'restype=container&comp=acl'),
  getBlobServiceProperties: operation('GetBlobServiceProperties', 'StorageRead', 'restype=service&comp=properties'),
  putBlob: operation('PutBlob', 'StorageWrite'),
  copyBlob: operation('CopyBlob', 'StorageWrite'),
  setBlobTier: operation('SetBlobTier', 'StorageWrite', 'comp=tier'),
  putBlock: operation('PutBlock', 'StorageWrite', 'comp=block&blockid='),
  putBlockList: operation('PutBlockList', 'StorageWrite', 'comp=blocklist'),
  setBlobMetadata: operation('SetBlobMetadata', 'StorageWrite', 'comp=metadata'),
  renewBlobLease: operation('RenewBlobLease', 'StorageWrite', 'comp=lease'),
  acquireBlobLease: operation('AcquireBlobLease', 'StorageWrite', 'comp=lease'),
  deleteBlob: operation('DeleteBlob', 'StorageDelete'),
} as const;

/** One request, before it is written as a log record. Sizes are bytes; `time` is UTC milliseconds with a fraction. */
export interface LogEvent {
  readonly time: number;
  readonly operation: Operation;
  readonly account: Account;
  readonly caller: Caller;
  /** `address:port`, or an IPv6 address without a port. */
  readonly callerIp: string;
  /** Decoded; '' for requests to the account. */
  readonly container: string;
  /** Decoded; '' for requests to the container. */
  readonly blob: string;
  /** Appended to the operation's own query: a block id, a marker. */
  readonly queryTail: string;
  readonly statusCode: number;
  readonly statusText: string;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** First byte of a ranged read, or -1 for a whole read. */
  readonly rangeStart: number;
  /** Further members of the record's `properties`: JSON, each with a comma behind it; '' for none. */
  readonly properties: string;
  /** Which activity made it; the truth counts rows by it. */
  readonly activity: string;
  /** Id of the incident it belongs to, '' for benign rows. */
  readonly incident: string;
}

/** The few things an activity says about a request; the rest is what a plain successful request has. */
export type EventDraft = Pick<LogEvent, 'time' | 'operation' | 'account' | 'caller' | 'callerIp' | 'activity'> &
  Partial<LogEvent>;

/** Fills a draft up; the object always has the same shape, which keeps the record writer fast. */
export function logEvent(draft: EventDraft): LogEvent {
  return {
    time: draft.time,
    operation: draft.operation,
    account: draft.account,
    caller: draft.caller,
    callerIp: draft.callerIp,
    container: draft.container ?? '',
    blob: draft.blob ?? '',
    queryTail: draft.queryTail ?? '',
    statusCode: draft.statusCode ?? (draft.operation.category === 'StorageWrite' ? 201 : 200),
    statusText: draft.statusText ?? 'Success',
    bytesOut: draft.bytesOut ?? 0,
    bytesIn: draft.bytesIn ?? 0,
    rangeStart: draft.rangeStart ?? -1,
    properties: draft.properties ?? '',
    activity: draft.activity,
    incident: draft.incident ?? '',
  };
}
