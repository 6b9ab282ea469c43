import { describe, expect, it } from 'vitest';
import { operationCategory, operationClass } from '../../src/core/operation.ts';

describe('operationClass', () => {
  it.each([
    ['GetBlob', 'read'],
    ['ReadFile', 'read'],
    ['QueryEntities', 'read'],
    ['ListBlobs', 'list'],
    ['ListContainers', 'list'],
    ['ListFilesystemDir', 'list'],
    ['GetBlobProperties', 'meta'],
    ['GetContainerACL', 'meta'],
    ['GetUserDelegationKey', 'meta'],
    ['PutBlob', 'write'],
    ['SetBlobMetadata', 'write'],
    ['ClearRange', 'write'],
    ['UndeleteBlob', 'write'],
    ['CopyBlob', 'copy'],
    ['CopyBlobSource', 'copy'],
    ['PutBlockFromURL', 'copy'],
    ['DeleteBlob', 'delete'],
    ['ClearMessages', 'delete'],
    ['SetContainerACL', 'acl'],
    ['SetPathAccessControl', 'acl'],
    ['SetBlobTier', 'tier'],
    ['SetBlobServiceProperties', 'policy'],
    ['DeleteBlobImmutabilityPolicy', 'policy'],
    ['RenewBlobLease', 'lease'],
    ['GetBlobLeaseInfo', 'meta'],
  ])('files %s under %s whatever the category', (name, expected) => {
    expect(operationClass(name, '')).toBe(expected);
    expect(operationClass(name, 'StorageDelete')).toBe(expected);
  });

  it('files an unknown operation by its category', () => {
    expect(operationClass('Close', 'StorageDelete')).toBe('delete');
    expect(operationClass('TreeConnect', 'StorageRead')).toBe('read');
    expect(operationClass('BrandNew', 'StorageWrite')).toBe('write');
    expect(operationClass('BrandNew', 'Transaction')).toBe('other');
  });

  it('gives the objects of JavaScript no class', () => {
    expect(operationClass('constructor', '')).toBe('other');
  });
});

describe('operationCategory', () => {
  it.each([
    ['GetBlob', 'StorageRead'],
    ['ListBlobs', 'StorageRead'],
    ['PutBlob', 'StorageWrite'],
    ['SetContainerACL', 'StorageWrite'],
    ['RenewBlobLease', 'StorageWrite'],
    ['DeleteBlob', 'StorageDelete'],
    ['GetSomethingNew', 'StorageRead'],
    ['DeleteSomethingNew', 'StorageDelete'],
    ['SomethingNew', 'StorageWrite'],
  ])('puts %s into %s', (name, category) => {
    expect(operationCategory(name)).toBe(category);
  });
});
