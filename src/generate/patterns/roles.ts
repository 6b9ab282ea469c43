import { azcopyMigration } from './azcopy-migration.ts';
import { ciAgents } from './ci-agents.ts';
import { clockSkew } from './clock-skew.ts';
import { etlMove } from './etl-move.ts';
import { functions } from './functions.ts';
import { inventoryScan } from './inventory-scan.ts';
import { keyRotation } from './key-rotation.ts';
import { lifecycle } from './lifecycle.ts';
import { logShipper } from './log-shipper.ts';
import { mlTraining } from './ml-training.ts';
import { mobileUpload } from './mobile-upload.ts';
import { natOffice } from './nat-office.ts';
import { nightlyBackup } from './nightly-backup.ts';
import type { Pattern } from './pattern.ts';
import { portal } from './portal.ts';
import { saasLinks } from './saas-links.ts';
import { serverSideCopy } from './server-side-copy.ts';
import { transcode } from './transcode.ts';
import { websiteDeploy } from './website-deploy.ts';

/** What storage accounts are for, each with the habits that go together; function leases are everywhere. */
const roles: readonly (readonly Pattern[])[] = [
  [nightlyBackup, lifecycle, inventoryScan],
  [websiteDeploy, ciAgents, portal],
  [saasLinks, serverSideCopy, logShipper],
  [mobileUpload, transcode, clockSkew],
  [mlTraining, azcopyMigration],
  [etlMove, natOffice, keyRotation],
];

/** Every benign pattern but the delivery of the log itself. */
export const patterns: readonly Pattern[] = [...roles.flat(), functions];

/** The patterns of the `index`-th of `accounts` accounts: all have a place somewhere, on one account all together. */
export function patternsOf(index: number, accounts: number): readonly Pattern[] {
  const own =
    accounts >= roles.length
      ? [roles[index % roles.length] ?? []]
      : roles.filter((_, role) => role % accounts === index);
  return own.flat();
}
