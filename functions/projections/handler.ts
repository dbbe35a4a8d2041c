import { openTable } from '../../shared/store/table.ts';
import { createStreamHandler } from './stream.ts';

const { TABLE_NAME: tableName } = process.env;
if (!tableName) throw new Error('The environment variable TABLE_NAME is not set.');

/** The Lambda function behind the table's stream. */
export const handler = createStreamHandler(openTable({ tableName }));
