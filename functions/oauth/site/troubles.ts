/** Problems when connecting: the text of the support page and of docs/connect.md. */

export interface Trouble {
  readonly seen: string;
  readonly meaning: string;
}

export const troubles: readonly Trouble[] = [
  {
    seen: 'This application cannot be connected',
    meaning:
      'The page says why. Usually the application kept an old registration: remove the connection and add it again.',
  },
  {
    seen: 'This request or sign-in has ended',
    meaning:
      'It took longer than ten minutes, or it was started in another browser. Start again in the application.',
  },
  {
    seen: 'Incorrect username or password',
    meaning:
      'An invitation is valid for seven days. After that, ask the operator for a new one. If you forgot your password, the sign-in page can send you a code.',
  },
  {
    seen: 'A tool is missing',
    meaning: 'You did not allow it when you connected. Disconnect, connect again, and leave its box ticked.',
  },
  {
    seen: 'The application asks which organization you mean',
    meaning: 'Your account belongs to several organizations. Name one in your question.',
  },
];
