import type { Ending, Noted } from './audit.ts';
import { takesOrganization } from './organization.ts';
import type { Session } from './session.ts';
import { openBooks, type ToolContext } from './tool.ts';

/** One attempt to read books, from before anything is read to the record of how it ended. */
export class Attempt {
  /** Whose books; absent while it is not known, because the attempt was refused before. */
  organization?: string;
  readonly #session: Session;
  readonly #what: { tool: string; arguments: Readonly<Record<string, unknown>> };
  readonly #started = performance.now();
  #context: ToolContext | undefined;

  /** @param tool the tool's name, or the method for what is no tool */
  constructor(session: Session, tool: string, given: Readonly<Record<string, unknown>>) {
    this.#session = session;
    this.#what = { tool, arguments: given };
  }

  /** Opens the organization's books, once it stands in the log that they are about to be read. */
  async open(organization: string): Promise<ToolContext> {
    this.organization = organization;
    this.#session.audit.intent(this.#described());
    const { library, caller } = this.#session;
    const books = await openBooks(library, organization, caller.scopes);
    this.#context = { ...books, severalOrganizations: takesOrganization(caller) };
    return this.#context;
  }

  /** Records the end. @param rows of the books in the answer; @param text the answer; @param noted what else it gave */
  end(outcome: Ending['outcome'], rows: number, text: string, noted: Noted = {}): void {
    this.#session.audit.call(this.#described(), {
      outcome,
      rows,
      text,
      noted,
      unitsRead: this.#context?.reader.unitsRead ?? 0,
      durationMs: performance.now() - this.#started,
    });
  }

  #described() {
    const { requestId, caller, client } = this.#session;
    return { requestId, caller, client, organization: this.organization, ...this.#what };
  }
}

/** What was read of books, and what of it goes into the audit record. */
interface Reading<Found> {
  found: Found;
  rows: number;
  text: string;
}

/**
 * Reads an organization's books for a method that is no tool, and records how it ended.
 * @throws whatever keeps the books from being read
 */
export async function readBooks<Found>(
  session: Session,
  method: string,
  organization: string,
  read: (context: ToolContext) => Promise<Reading<Found>>,
): Promise<Found> {
  const attempt = new Attempt(session, method, {});
  try {
    const { found, rows, text } = await read(await attempt.open(organization));
    attempt.end('ok', rows, text);
    return found;
  } catch (error) {
    attempt.end('error', 0, '');
    throw error;
  }
}
