/**
 * Something a person or a model asked for that cannot be answered as asked.
 * The message is safe to show: one sentence that says what was wrong and what was expected.
 */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** A refusal about one field of a document. */
export class FieldRefusal extends Refusal {
  override name = 'FieldRefusal';
  /** Its path: "total", "lines[0].tax". */
  readonly field: string;
  /** What the sentence says of it, from behind its name on: " is missing: expected a text." */
  readonly said: string;

  constructor(field: string, said: string) {
    super(`${field}${said}`);
    this.field = field;
    this.said = said;
  }
}

/** A named thing that the books do not have. Safe to show, like every refusal. */
export class NotFound extends Refusal {
  override name = 'NotFound';
}

/** A text from outside as a refusal may name it: on one line, and never to be taken for the refusal's own words. */
export const quoted = (text: string): string => JSON.stringify(text);
