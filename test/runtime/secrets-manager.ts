import { createServer } from 'node:http';
import { closeServer, listen } from '../../local/loopback.ts';
import { readBody } from '../../local/request-body.ts';

const requestBytes = 65_536;

export interface SecretsManager {
  /** For `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Secrets Manager with one entry, which gives it to who names it and signs. */
export async function startSecretsManager(
  arn: string,
  entry: Readonly<Record<string, string>>,
): Promise<SecretsManager> {
  const server = createServer(async (request, response) => {
    const { SecretId } = JSON.parse(String(await readBody(request, requestBytes))) as { SecretId?: string };
    const granted =
      request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' &&
      request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=') &&
      SecretId === arn;
    response.writeHead(granted ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        granted ? { SecretString: JSON.stringify(entry) } : { __type: 'ResourceNotFoundException' },
      ),
    );
  });
  const port = await listen(server, 0, '127.0.0.1');
  return { endpoint: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}
