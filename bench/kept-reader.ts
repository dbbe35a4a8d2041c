import type { LedgerReader } from '../shared/ledger/reader.ts';
import { type Library, readersOf as readersOfTable } from '../shared/store/open-reader.ts';

/**
 * Stands in for the product's `readersOf` where the servers are compared without the store: each question reaches
 * the table once, and its answer is kept for the process's life.
 */
export function readersOf(library: Library): (organization: string) => Promise<LedgerReader> {
  const open = readersOfTable(library);
  const answers = new Map<string, unknown>();
  return async (organization) =>
    new Proxy(await open(organization), {
      get(reader, name) {
        const member: unknown = Reflect.get(reader, name, reader);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          const question = JSON.stringify([organization, name, args]);
          const answer = answers.get(question) ?? Reflect.apply(member, reader, args);
          answers.set(question, answer);
          return answer;
        };
      },
    });
}
