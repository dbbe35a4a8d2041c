import { Hash } from '@smithy/core/serde';
import { SignatureV4 } from '@smithy/signature-v4';
import { send } from '../../../shared/outgoing.ts';

/*
 * One call of AWS Secrets Manager, with the SDK's signer but without its client. The client takes the function's start
 * from 88 to 135 ms, and from 102 to 154 ms if the first request needs a secret; the bundle from 106 to 259 KB
 * (docs/decisions.md). The function starts often, because few people sign in at any moment.
 */

const timeoutMs = 5_000;

/** An entry holds 64 KB at most, here with all quotes escaped. */
const longestAnswer = 256 * 1024;

/**
 * Reads the text of an entry, with the credentials of the function.
 * @param entry name or ARN
 * @throws {Error} when AWS does not give it
 */
export async function readSecretEntry(entry: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const region = environment.AWS_REGION ?? '';
  const url = new URL(
    environment.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? `https://secretsmanager.${region}.amazonaws.com`,
  );
  const body = JSON.stringify({ SecretId: entry });
  const signer = new SignatureV4({
    service: 'secretsmanager',
    region,
    sha256: Hash.bind(null, 'sha256'),
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
      ...(environment.AWS_SESSION_TOKEN !== undefined && { sessionToken: environment.AWS_SESSION_TOKEN }),
    },
  });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    headers: {
      host: url.host,
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'secretsmanager.GetSecretValue',
    },
    body,
  });
  const answer = await send(url, { method: 'POST', headers }, body, {
    deadline: AbortSignal.timeout(timeoutMs),
    longest: longestAnswer,
  });
  if (answer.status !== 200) throw new Error(`Secrets Manager answered with the status ${answer.status}.`);
  const { SecretString } = JSON.parse(answer.body.toString('utf8')) as { SecretString?: unknown };
  if (typeof SecretString !== 'string') throw new Error('The entry in Secrets Manager has no text.');
  return SecretString;
}
