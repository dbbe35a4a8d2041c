/**
 * A request of a person or a model that cannot be answered as it is.
 * The message is safe to show: one sentence that says what was found and what was expected.
 */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** A refusal about one field of a document. */
export class FieldRefusal extends Refusal {
  override name = 'FieldRefusal';
  /** Its path: "total", "lines[0].tax". */
  readonly field: string;
  /** The rest of the sentence after its name: " is missing: expected text." */
  readonly said: string;

  constructor(field: string, said: string) {
    super(`${field}${said}`);
    this.field = field;
    this.said = said;
  }
}

/** Something that was named and is not in the books. Safe to show, like every refusal. */
export class NotFound extends Refusal {
  override name = 'NotFound';
}
