export const operationClasses = [
  'read',
  'list',
  'meta',
  'write',
  'copy',
  'delete',
  'acl',
  'tier',
  'policy',
  'lease',
  'other',
] as const;

/**
 * What an operation does. `meta` reads properties, `write` also sets them; `acl` grants access, `policy` changes what the
 * service keeps or allows.
 */
export type OperationClass = (typeof operationClasses)[number];

/**
 * Operation names of resource logs and `$logs`, by class.
 *
 * @see https://learn.microsoft.com/rest/api/storageservices/storage-analytics-logged-operations-and-status-messages
 */
const names: Readonly<Record<Exclude<OperationClass, 'other'>, string>> = {
  read: `GetBlob GetFile GetMessage GetMessageRead GetMessageWrite GetMessages Nfs4Read PeekMessage PeekMessages
    QueryBlobContents QueryEntities QueryEntity Read ReadFile`,
  list: `FindBlobsByTags ListBlobs ListBlobsFlatSegment ListBlobsHierarchySegment ListContainers ListContainersSegment
    ListDirectoriesAndFiles ListFilesAndDirectories ListFilesystemDir ListFilesystemFile ListFilesystems ListQueues
    ListShares ListTables Nfs4ReadDir QueryDirectory QueryTable QueryTables`,
  meta: `GetAccountInformation GetBlobLeaseInfo GetBlobMetadata GetBlobProperties GetBlobServiceProperties
    GetBlobServiceStats GetBlobTags GetBlockList GetContainerACL GetContainerLeaseInfo GetContainerMetadata
    GetContainerProperties GetDirectoryMetadata GetDirectoryProperties GetFileMetadata GetFileProperties
    GetFileServiceProperties GetFilesystemProperties GetPageRanges GetPageRegions GetPathAccessControl GetPathStatus
    GetQueueACL GetQueueMetadata GetQueueServiceProperties GetQueueServiceStats GetShareACL GetShareMetadata
    GetShareProperties GetShareStats GetTableACL GetTableServiceProperties GetTableServiceStats GetUserDelegationKey
    ListFileRanges ListHandles`,
  write: `AppendBlock AppendFile ClearPage ClearRange CreateContainer CreateDirectory CreateFile CreateFilesystem
    CreatePathDir CreatePathFile CreateQueue CreateShare CreateTable EntityGroupTransaction FlushFile InsertEntity
    InsertOrMergeEntity InsertOrReplaceEntity MergeEntity Nfs4Write PutBlob PutBlock PutBlockList PutMessage PutPage
    PutRange RenamePathDir RenamePathFile SetBlobMetadata SetBlobProperties SetBlobTags SetContainerMetadata
    SetDirectoryMetadata SetDirectoryProperties SetFileMetadata SetFileProperties SetFilesystemProperties
    SetQueueMetadata SetShareMetadata SetShareProperties SnapshotBlob SnapshotShare UndeleteBlob UndeleteContainer
    UndeleteShare UpdateEntity UpdateMessage Write WriteFile`,
  copy: `AbortCopyBlob AbortCopyFile AppendBlockFromURL CopyBlob CopyBlobDestination CopyBlobFromURL CopyBlobSource
    CopyFile CopyFileDestination CopyFileSource IncrementalCopyBlob PutBlobFromURL PutBlockFromURL PutPageFromURL
    PutRangeFromURL`,
  delete: `ClearMessages DeleteBlob DeleteContainer DeleteDirectory DeleteEntity DeleteFile DeleteFilesystem
    DeleteMessage DeleteQueue DeleteShare DeleteTable Nfs4Remove`,
  acl: `SetContainerACL SetFilesystemACL SetPathAccessControl SetPathAccessControlRecursive SetQueueACL SetShareACL
    SetTableACL`,
  tier: 'SetBlobTier',
  policy: `DeleteBlobImmutabilityPolicy SetBlobExpiry SetBlobImmutabilityPolicy SetBlobLegalHold
    SetBlobServiceProperties SetFileServiceProperties SetQueueServiceProperties SetTableServiceProperties`,
  lease: `AcquireBlobLease AcquireContainerLease AcquireShareLease BreakBlobLease BreakContainerLease BreakShareLease
    ChangeBlobLease ChangeContainerLease ChangeShareLease LeaseBlob LeaseContainer LeaseFile LeaseShare ReleaseBlobLease
    ReleaseContainerLease ReleaseShareLease RenewBlobLease RenewContainerLease RenewShareLease`,
};

const classOfName = new Map<string, OperationClass>();
for (const operationClass of operationClasses) {
  if (operationClass === 'other') continue;
  for (const name of names[operationClass].split(/\s+/)) classOfName.set(name, operationClass);
}

const classOfCategory: ReadonlyMap<string, OperationClass> = new Map([
  ['StorageRead', 'read'],
  ['StorageWrite', 'write'],
  ['StorageDelete', 'delete'],
]);

/** The class of an operation: by its name, else by the category it is logged under, else `other`. */
export function operationClass(operationName: string, category: string): OperationClass {
  return classOfName.get(operationName) ?? classOfCategory.get(category) ?? 'other';
}

const readLike: ReadonlySet<OperationClass> = new Set(['read', 'list', 'meta']);

/** The category resource logs would file an operation under; `$logs` name none. */
export function operationCategory(operationName: string): 'StorageRead' | 'StorageWrite' | 'StorageDelete' {
  const known = classOfName.get(operationName);
  if (known === undefined) {
    if (/^(?:Get|List|Query|Read|Find|Peek)/.test(operationName)) return 'StorageRead';
    return operationName.startsWith('Delete') ? 'StorageDelete' : 'StorageWrite';
  }
  if (readLike.has(known)) return 'StorageRead';
  return known === 'delete' ? 'StorageDelete' : 'StorageWrite';
}
