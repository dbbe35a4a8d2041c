import { Refusal } from '../../shared/ledger/errors.ts';

/** Names the place in a refusal: "records[0]: There is no column …". */
export function located<Result>(place: string, make: () => Result): Result {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(`${place}: ${error.message}`);
    throw error;
  }
}

/** What is made, or why it is refused. */
export function orRefused<Result>(make: () => Result): Result | { refused: string } {
  try {
    return make();
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

/** @throws {Refusal} when the text is not valid JSON. */
export function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Refusal(`${what} is not valid JSON: ${(error as SyntaxError).message}.`);
  }
}
