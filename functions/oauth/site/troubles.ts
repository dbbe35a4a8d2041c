/** What people run into when they connect. The support page and docs/connect.md say it from here. */

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
      'An invitation is good for seven days. After that, ask the operator for another one. If you have forgotten your password, the sign-in page can send you a code.',
  },
  {
    seen: 'A tool is missing',
    meaning: 'You did not allow it when you connected. Disconnect, connect again and leave its box ticked.',
  },
  {
    seen: 'The application asks which organization you mean',
    meaning: 'Your account belongs to several. Name one in your question.',
  },
];
