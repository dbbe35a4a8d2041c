import { isPlainObject } from '../../../shared/json.ts';
import { readSecretEntry } from './secrets-manager.ts';

export interface Secrets {
  /** Seals whatever is given away to come back. Every key is derived from it. */
  readonly sealing: string;
  /** The sealing secret before this one: what it sealed is still opened. */
  readonly previousSealing?: string;
  /** Secret of the user pool's app client through which people sign in. */
  readonly brokerClient: string;
}

export type ReadSecrets = () => Promise<Secrets>;

/** Shorter ones could be guessed. */
const shortestSealing = 32;

/**
 * Locally the secrets stand in the environment. In the cloud that holds only the name of an entry in Secrets Manager
 * (SEALING_SECRET_ARN), whose JSON has the members `sealing`, `previousSealing` and `brokerClientSecret`.
 * @throws {Error} that names what is missing, at once or when the secrets are read
 */
export function secretsOf(environment: NodeJS.ProcessEnv): ReadSecrets {
  const entry = environment.SEALING_SECRET_ARN;
  if (entry !== undefined && entry !== '') {
    return async () => {
      const { sealing, previousSealing, brokerClientSecret } = await readEntry(entry, environment);
      return checked({ sealing, previousSealing, brokerClient: brokerClientSecret }, 'the secrets entry');
    };
  }
  const secrets = checked(
    {
      sealing: environment.SEALING_SECRET,
      previousSealing: environment.SEALING_SECRET_PREVIOUS,
      brokerClient: environment.BROKER_CLIENT_SECRET,
    },
    'the environment (SEALING_SECRET, BROKER_CLIENT_SECRET, or SEALING_SECRET_ARN)',
  );
  return async () => secrets;
}

async function readEntry(entry: string, environment: NodeJS.ProcessEnv): Promise<Record<string, unknown>> {
  let members: unknown;
  try {
    members = JSON.parse(await readSecretEntry(entry, environment));
  } catch (error) {
    // The parser's own message would quote the text.
    if (error instanceof SyntaxError) throw new Error('The secrets entry is not JSON.');
    throw error;
  }
  return isPlainObject(members) ? members : {};
}

/** No message repeats a value: it would end in a log. */
function checked(found: Record<keyof Secrets, unknown>, where: string): Secrets {
  const brokerClient = text(found.brokerClient);
  if (brokerClient === undefined) {
    throw new Error(`The secret of the app client through which people sign in is missing in ${where}.`);
  }
  const sealing = longEnough(text(found.sealing), where);
  if (sealing === undefined) throw new Error(`The sealing secret is missing in ${where}.`);
  const previousSealing = longEnough(text(found.previousSealing), where);
  return { sealing, brokerClient, ...(previousSealing !== undefined && { previousSealing }) };
}

function longEnough(secret: string | undefined, where: string): string | undefined {
  if (secret === undefined || secret.length >= shortestSealing) return secret;
  throw new Error(`A sealing secret in ${where} must have at least ${shortestSealing} random characters.`);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The secrets as they were read last. */
export interface HeldSecrets {
  get(): Promise<Secrets>;
  /** Reads again, unless that was done a moment ago: whoever rotates the secret does not restart the functions. */
  renewed(): Promise<Secrets>;
}

/** Anybody can name a key that does not exist; that must not lead to a call of Secrets Manager each time. */
const renewalIntervalMs = 30_000;

export function heldSecrets(read: ReadSecrets): HeldSecrets {
  let held: Secrets | undefined;
  let readAt = Number.NEGATIVE_INFINITY;

  async function load(): Promise<Secrets> {
    readAt = Date.now();
    held = await read();
    return held;
  }

  return {
    get: async () => held ?? load(),
    async renewed() {
      if (held && Date.now() - readAt < renewalIntervalMs) return held;
      return load();
    },
  };
}
