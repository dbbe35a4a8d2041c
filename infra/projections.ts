import { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { BundledFunction } from './function.ts';
import { type BooksTable, partitionPrefixes, readActions, writeActions } from './table.ts';

/** Processes changes of records, and keeps what is derived from them up to date. */
export class Projections extends Construct {
  readonly function: BundledFunction;
  /** Receives changes that could not be processed: their position in the stream, not their content. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: { books: BooksTable; logGroup: ILogGroup }) {
    super(scope, id);
    const { books, logGroup } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, {
      SQS3: 'This is the dead-letter queue of an event source, which this rule does not recognize.',
    });
    this.function = new BundledFunction(this, 'Function', {
      entry: 'functions/projections/handler.ts',
      description: 'Derives indexes and totals from changed records',
      // It sorts and adds up what thousands of records are derived from; more memory is more processor, and a shorter wait.
      memory: 1_024,
      timeout: Duration.minutes(5),
      environment: { TABLE_NAME: books.table.tableName },
      logGroup,
    });
    const { records, derived } = partitionPrefixes;
    const role = this.function.role!;
    books.allow(role, { actions: readActions, partitions: [`${records}*`, `${derived}*`] });
    books.allow(role, { actions: writeActions, partitions: [`${derived}*`] });

    const ofRecords = { Keys: { pk: { S: FilterRule.beginsWith(records) } } };
    this.function.addEventSource(
      new DynamoEventSource(books.table as ITable, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        // Many changes of one organization reach the same totals: a batch recomputes them once.
        batchSize: 500,
        maxBatchingWindow: Duration.seconds(1),
        // Not in parallel within a shard: two batches of one organization would compete for the write lock on its books.
        parallelizationFactor: 1,
        filters: [
          // Imports derive by themselves and mark what they write. A deletion leaves no image that could be marked.
          FilterCriteria.filter({
            dynamodb: { ...ofRecords, NewImage: { kept: { BOOL: FilterRule.notExists() } } },
          }),
          FilterCriteria.filter({ eventName: FilterRule.isEqual('REMOVE'), dynamodb: ofRecords }),
        ],
        // A record that cannot be projected is found by halving, tried again, and put aside before it has held up
        // the others for long; the stream itself forgets after a day.
        bisectBatchOnError: true,
        reportBatchItemFailures: true,
        retryAttempts: 10,
        maxRecordAge: Duration.hours(6),
        onFailure: new SqsDlq(this.deadLetters),
      }),
    );
  }
}
