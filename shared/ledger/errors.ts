/**
 * Something a person or a model asked for that cannot be answered as asked.
 * The message is safe to show: one sentence that says what was wrong and what was expected.
 */
export class Refusal extends Error {
  override name = 'Refusal';
}

/** A named thing that the books do not have. Safe to show, like every refusal. */
export class NotFound extends Refusal {
  override name = 'NotFound';
}
