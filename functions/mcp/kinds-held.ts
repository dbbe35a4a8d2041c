import { readBooks } from './attempt.ts';
import { logFailure } from './rejection.ts';
import type { Session } from './session.ts';

/** Of more organizations than this, the books are not looked at: all tools are offered. */
const mostOrganizations = 10;

/**
 * The kinds of records in the books of a caller's organizations, so that tools about others are not offered: every tool
 * takes room in each conversation. One read for each organization.
 * @returns undefined where this is not known, because there are too many organizations or one cannot be read
 */
export async function kindsHeld(session: Session): Promise<ReadonlySet<string> | undefined> {
  const { organizations } = session.caller;
  if (organizations.length > mostOrganizations) return undefined;
  try {
    const kinds = await Promise.all(organizations.map((organization) => kindsOf(session, organization)));
    return new Set(kinds.flat());
  } catch (error) {
    // Clients must be able to connect while the books cannot be read; the first call then reports the failure.
    logFailure(session.log, session.requestId, error);
    return undefined;
  }
}

const kindsOf = (session: Session, organization: string): Promise<readonly string[]> =>
  readBooks(session, 'tools/list', organization, async ({ reader }) => {
    const kinds = await reader.kinds();
    return { found: kinds, rows: 0, text: kinds.join(' ') };
  });
