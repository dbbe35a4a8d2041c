/** The local edition's DynamoDB: dynalite with the product's one table. */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { closeServer, isLoopbackHost, listen } from './loopback.ts';
import type { ReaderSessions } from './reader-role.ts';
import { readBody } from './request-body.ts';

export interface LocalDynamoDBOptions {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly tableName: string;
  readonly region: string;
  /** Folder of the data; in memory without it. */
  readonly dataDir?: string;
  /** What each access key can read. Without it, any key can do everything. */
  readonly sessions?: ReaderSessions;
}

export interface LocalDynamoDB {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts the server and creates the table unless the data folder has it.
 * @throws PortInUseError
 */
export async function startDynamoDB(options: LocalDynamoDBOptions): Promise<LocalDynamoDB> {
  const { dataDir, sessions } = options;
  const server = dynalite({ createTableMs: 0, ...(dataDir === undefined ? {} : { path: dataDir }) });

  // dynalite accepts requests from scripts of any web page and checks no credentials. Without this, a page that is open
  // in the browser could read the books.
  const [answer] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    if (request.headers.origin !== undefined || !isLoopbackHost(request.headers.host)) {
      response.writeHead(403).end();
      return;
    }
    if (sessions) void answerAuthorized(sessions, request, response, answer);
    else answer?.(request, response);
  });

  const port = await listen(server, options.port, '127.0.0.1');
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await createTable(endpoint, options.region, options.tableName);
  } catch (error) {
    await closeServer(server);
    throw error;
  }
  return { endpoint, close: () => closeServer(server) };
}

/** The largest request that DynamoDB takes. */
const requestBytes = 16 * 1024 * 1024;

/** Answers a request if its access key allows the operation. The signature itself is not checked here. */
async function answerAuthorized(
  sessions: ReaderSessions,
  request: IncomingMessage,
  response: ServerResponse,
  answer: RequestListener | undefined,
): Promise<void> {
  try {
    const body = (await readBody(request, requestBytes)) ?? Buffer.alloc(0);
    const [, accessKeyId = ''] = /Credential=([^/,\s]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const operation = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    if (sessions.allows(accessKeyId, operation, body.toString())) {
      const { method, url, headers } = request;
      const replayed = Object.assign(Readable.from([body]), { method, url, headers });
      answer?.(replayed as unknown as IncomingMessage, response as Parameters<RequestListener>[1]);
      return;
    }
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({
        __type: 'com.amazon.coral.service#AccessDeniedException',
        message: `This access key is not authorized to perform dynamodb:${operation} on what it asked for.`,
      }),
    );
  } catch {
    response.destroy();
  }
}

async function createTable(endpoint: string, region: string, tableName: string): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
      }),
    );
    while (!(await isActive(client, tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  } finally {
    client.destroy();
  }
}

async function isActive(client: DynamoDBClient, tableName: string): Promise<boolean> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  return Table?.TableStatus === 'ACTIVE';
}
