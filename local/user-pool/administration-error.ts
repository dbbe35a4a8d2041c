/** A refusal with the error name that Cognito's API uses for it. */
export class AdministrationError extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

export const noSuchUser = (): AdministrationError =>
  new AdministrationError('UserNotFoundException', 'User does not exist.');

export const noSuchGroup = (): AdministrationError =>
  new AdministrationError('ResourceNotFoundException', 'Group not found.');
