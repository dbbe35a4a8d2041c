import type { BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import type { AttachedFile } from './files.ts';

/** Everything that the demo loads for one organization. */
export interface Books {
  organization: string;
  /** Loaded last: if it is there, so is the rest. */
  profile: BusinessProfile;
  records: LedgerRecord[];
  /** Attachments whose files are stored. Their records are in `records`. */
  files?: readonly AttachedFile[];
}
