import { dayInZone } from '../../shared/ledger/dates.ts';
import { assumedProfile } from '../../shared/ledger/kinds/business.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';
import type { ToolContext } from './tool.ts';

/** Where books come from: readers that are made for one organization, and the clock. */
export interface Library {
  openReader(organization: string): Promise<LedgerReader>;
  now(): Date;
}

/** Everything that a question about an organization needs. Its profile is read, because it decides what "today" is. */
export async function openBooks({ openReader, now }: Library, organization: string): Promise<ToolContext> {
  const reader = await openReader(organization);
  const profile = await reader.single('business');
  const assumed = profile ?? assumedProfile(organization);
  return {
    reader,
    profile: assumed,
    profileKnown: profile !== undefined,
    today: dayInZone(now(), assumed.timeZone),
  };
}
