import type { BusinessProfile, LedgerRecord } from '../../shared/ledger/records.ts';

/** Everything that the demo loads for one organization. */
export interface Books {
  organization: string;
  /** Loaded last: its presence tells that the rest is there. */
  profile: BusinessProfile;
  records: LedgerRecord[];
}
