import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { chunks, inParallel } from '../parallel.ts';

export interface Key {
  pk: string;
  sk: string;
}

/** The key as one text, by which items are told apart. */
export const keyText = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

/** An item of the table: a JSON document under its key, and what guards its replacement where that matters. */
export interface Item extends Key {
  data: string;
  /** JSON list of the entries that this item's record has in the indexes. */
  entries?: string;
  /** The writer of this record also derives from it, so the stream need not. */
  kept?: boolean;
  /** Counts replacements; a conditional put succeeds only against the version it has read. */
  version?: number;
  /** While somebody is changing what this item sums up: who, and until when the lock is valid (epoch ms). */
  lock?: Lock;
}

export interface Lock {
  by: string;
  since: number;
  until: number;
}

/** Sort keys from `from` to `to`, both included. */
export interface Range {
  pk: string;
  from: string;
  to: string;
}

export interface QueryOptions {
  /** From the largest sort key down. */
  reverse?: boolean;
  limit?: number;
  /** The most items per request, if fewer than `limit` may be needed. */
  pageSize?: number;
  consistent?: boolean;
}

const itemsPerBatchGet = 100;
const itemsPerBatchWrite = 25;

/**
 * The table, in the few operations that this project needs. Counts the capacity units that reads consume.
 *
 * Plain `@aws-sdk/client-dynamodb`: measured against ElectroDB and dynamodb-toolbox, see docs/decisions.md.
 */
export class Table {
  readonly #client: DynamoDBClient;
  readonly #name: string;
  #unitsRead = 0;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  get unitsRead(): number {
    return this.#unitsRead;
  }

  async get(key: Key, consistent = false): Promise<Item | undefined> {
    const result = await this.#client.send(
      new GetItemCommand({
        TableName: this.#name,
        Key: keyAttributes(key),
        ConsistentRead: consistent,
        ReturnConsumedCapacity: 'TOTAL',
      }),
    );
    this.#unitsRead += result.ConsumedCapacity?.CapacityUnits ?? 0;
    return result.Item && toItem(result.Item);
  }

  /** The items that exist among the keys, in no particular order. */
  async getMany(keys: readonly Key[], consistent = false): Promise<Item[]> {
    const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()];
    const batches = await Promise.all(
      chunks(distinct, itemsPerBatchGet).map((batch) => this.#getBatch(batch, consistent)),
    );
    return batches.flat();
  }

  async #getBatch(keys: readonly Key[], consistent: boolean): Promise<Item[]> {
    const items: Item[] = [];
    let wanted: Record<string, AttributeValue>[] = keys.map(keyAttributes);
    for (let attempt = 0; wanted.length > 0; attempt++) {
      if (attempt > 0) await backOff(attempt);
      const result = await this.#client.send(
        new BatchGetItemCommand({
          RequestItems: { [this.#name]: { Keys: wanted, ConsistentRead: consistent } },
          ReturnConsumedCapacity: 'TOTAL',
        }),
      );
      for (const { CapacityUnits = 0 } of result.ConsumedCapacity ?? []) this.#unitsRead += CapacityUnits;
      for (const attributes of result.Responses?.[this.#name] ?? []) items.push(toItem(attributes));
      wanted = result.UnprocessedKeys?.[this.#name]?.Keys ?? [];
    }
    return items;
  }

  /** The items of a range in the order of their sort keys, read page by page as they are consumed. */
  async *query(range: Range, options: QueryOptions = {}): AsyncGenerator<Item> {
    for await (const { Items = [] } of this.#pages(range, options)) {
      for (const attributes of Items) yield toItem(attributes);
    }
  }

  /** All items of a range at once. */
  async all(range: Range, options: QueryOptions = {}): Promise<Item[]> {
    return Array.fromAsync(this.query(range, options));
  }

  /** The number of items in a range: DynamoDB reads them all and returns none. */
  async count(range: Range): Promise<number> {
    let count = 0;
    for await (const { Count = 0 } of this.#pages(range, { consistent: true }, 'COUNT')) count += Count;
    return count;
  }

  async *#pages(
    range: Range,
    { limit = Number.POSITIVE_INFINITY, pageSize = limit, consistent = false, reverse }: QueryOptions,
    select?: 'COUNT',
  ): AsyncGenerator<QueryCommandOutput> {
    if (range.from > range.to) return;
    let left = limit;
    let start: Record<string, AttributeValue> | undefined;
    do {
      const result: QueryCommandOutput = await this.#client.send(
        new QueryCommand({
          TableName: this.#name,
          ...(select && { Select: select }),
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': { S: range.pk },
            ':from': { S: range.from },
            ':to': { S: range.to },
          },
          ScanIndexForward: !reverse,
          ConsistentRead: consistent,
          ReturnConsumedCapacity: 'TOTAL',
          ...(Number.isFinite(pageSize) && { Limit: Math.min(left, pageSize) }),
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      this.#unitsRead += result.ConsumedCapacity?.CapacityUnits ?? 0;
      yield result;
      left -= result.Count ?? 0;
      start = result.LastEvaluatedKey;
    } while (start && left > 0);
  }

  /**
   * Replaces an item only if it still has the version that was read (undefined: does not exist), and counts it up.
   * @returns false when another writer was faster.
   */
  async replace(item: Item, versionRead: number | undefined): Promise<boolean> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#name,
          Item: toAttributes({ ...item, version: (versionRead ?? 0) + 1 }),
          ...(versionRead === undefined
            ? { ConditionExpression: 'attribute_not_exists(pk)' }
            : {
                ConditionExpression: 'version = :read',
                ExpressionAttributeValues: { ':read': { N: String(versionRead) } },
              }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Puts and deletes many items, without conditions and in no particular order. */
  async write(puts: readonly Item[], deletes: readonly Key[] = []): Promise<void> {
    const requests: WriteRequest[] = [
      ...puts.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
      ...deletes.map((key) => ({ DeleteRequest: { Key: keyAttributes(key) } })),
    ];
    await inParallel(chunks(requests, itemsPerBatchWrite), (batch) => this.#writeBatch(batch));
  }

  async #writeBatch(requests: readonly WriteRequest[]): Promise<void> {
    let wanted: WriteRequest[] = [...requests];
    for (let attempt = 0; wanted.length > 0; attempt++) {
      if (attempt > 0) await backOff(attempt);
      const result = await this.#client.send(
        new BatchWriteItemCommand({ RequestItems: { [this.#name]: wanted } }),
      );
      wanted = result.UnprocessedItems?.[this.#name] ?? [];
    }
  }
}

/** Opens the table with the standard AWS settings, or those given. */
export const openTable = (options: { tableName: string } & DynamoDBClientConfig): Table => {
  const { tableName, ...configuration } = options;
  return new Table(new DynamoDBClient(configuration), tableName);
};

const backOff = (attempt: number): Promise<void> =>
  new Promise((resolve) =>
    setTimeout(resolve, Math.min(2000, 25 * 2 ** attempt) * (0.5 + Math.random() / 2)),
  );

const keyAttributes = ({ pk, sk }: Key): Record<string, AttributeValue> => ({ pk: { S: pk }, sk: { S: sk } });

function toAttributes(item: Item): Record<string, AttributeValue> {
  return {
    ...keyAttributes(item),
    data: { S: item.data },
    ...(item.entries !== undefined && { entries: { S: item.entries } }),
    ...(item.kept && { kept: { BOOL: true } }),
    ...(item.version !== undefined && { version: { N: String(item.version) } }),
    ...(item.lock !== undefined && { lock: { S: JSON.stringify(item.lock) } }),
  };
}

function toItem(attributes: Record<string, AttributeValue>): Item {
  const { pk, sk, data, entries, version, lock } = attributes;
  return {
    pk: pk?.S ?? '',
    sk: sk?.S ?? '',
    data: data?.S ?? '',
    ...(entries?.S !== undefined && { entries: entries.S }),
    ...(version?.N !== undefined && { version: Number(version.N) }),
    ...(lock?.S !== undefined && { lock: JSON.parse(lock.S) as Lock }),
  };
}
