/** The parts of an operation of Cognito's administrative API. */

import * as z from 'zod';

/** A refusal with the error name that Cognito's API uses for it. */
export class AdministrationError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** Takes the parameters as sent, and returns the answer. @throws AdministrationError for a refusal */
export type Operation = (parameters: unknown) => Promise<object>;

/**
 * An operation that accepts these parameters and no others: ignoring a parameter would be worse than a refusal.
 */
export function operation<const Shape extends z.ZodRawShape>(
  shape: Shape,
  run: (parameters: z.output<z.ZodObject<Shape, z.core.$strict>>) => object | Promise<object>,
): Operation {
  const schema = z.strictObject(shape);
  return async (given) => {
    const checked = schema.safeParse(given);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const where = issue?.path.join('.') || 'the request';
      throw new AdministrationError(
        'InvalidParameterException',
        `Invalid value at ${where}: ${issue?.message}`,
      );
    }
    return run(checked.data);
  };
}

/** Parameters that several operations share. */
export const userPool = { UserPoolId: z.string() };
export const user = { ...userPool, Username: z.string().min(1).max(128) };
export const group = { ...userPool, GroupName: z.string().min(1).max(128) };
/** The size of a page, up to Cognito's largest. Here, every list is a single page. */
export const pageSize = z.number().int().min(1).max(60).optional();
