import type { Ending, Noted } from './audit.ts';
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
    this.#context = await openBooks(this.#session.library, organization, this.#session.caller.scopes);
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
