import { createHash, createHmac } from 'node:crypto';
import { Agent, request } from 'node:http';

/*
 * What asking DynamoDB costs at the least: a request that is signed by hand. It knows no retries, no time limits, no
 * other source of credentials than the environment, no errors: a floor to measure from, and no proposal.
 */

const endpoint = new URL(process.env.AWS_ENDPOINT_URL_DYNAMODB ?? '');
const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secret } = process.env;
const agent = new Agent({ keepAlive: true });

/** The 25 newest invoices. */
export async function handler({ organization }: { organization: string }): Promise<unknown[]> {
  const { Items } = (await send('Query', {
    TableName: process.env.TABLE_NAME,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `D#${organization}#invoice.date` } },
    ScanIndexForward: false,
    Limit: 25,
  })) as { Items: { data: { S: string } }[] };
  return Items.map(({ data }) => JSON.parse(data.S));
}

function send(operation: string, input: object): Promise<unknown> {
  const body = JSON.stringify(input);
  const headers = signedHeaders(`DynamoDB_20120810.${operation}`, body);
  return new Promise((resolve, reject) => {
    const sent = request(endpoint, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(JSON.parse(Buffer.concat(chunks).toString())));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** AWS Signature Version 4. */
function signedHeaders(target: string, body: string): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, 'dynamodb', 'aws4_request'];
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    host: endpoint.host,
    'x-amz-date': time,
    'x-amz-target': target,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = ['POST', '/', '', lines.join(''), names, sha256(body)].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce((parent: string | Buffer, part) => hmac(parent, part), `AWS4${secret}`);
  const signature = hmac(key, toSign).toString('hex');
  const credential = `Credential=${accessKey}/${scope.join('/')}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
