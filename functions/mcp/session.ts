import type { Audit, Write } from './audit.ts';
import type { Library } from './books.ts';
import type { Caller } from './caller.ts';

/** Everything that answering one request of one caller may use. Made anew for each, and shared with none. */
export interface Session {
  requestId: string;
  caller: Caller;
  /** The program that asks, as it calls itself, for the audit record. */
  client: string | undefined;
  /** The public origin, which challenges name. */
  publicOrigin: string;
  library: Library;
  audit: Audit;
  /** Where failures are logged. */
  log: Write;
}
