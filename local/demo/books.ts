import type { BusinessProfile, LedgerRecord } from '../../shared/ledger/records.ts';

/** Everything that the demo loads for one organization. */
export interface Books {
  organization: string;
  /** Loaded last: if it is there, so is the rest. */
  profile: BusinessProfile;
  records: LedgerRecord[];
}
