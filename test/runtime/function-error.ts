/** That a function did not answer: what Lambda tells the caller of it. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  /** `Error` or the name of another class that the function threw, or Lambda's own, e.g. `Sandbox.Timedout`. */
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.errorType = errorType;
  }
}
