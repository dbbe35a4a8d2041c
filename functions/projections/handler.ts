import { openTable } from '../../shared/store/table.ts';
import { required } from '../environment.ts';
import { createStreamHandler } from './stream.ts';

/** The Lambda function behind the table's stream. */
export const handler = createStreamHandler(openTable({ tableName: required(process.env, 'TABLE_NAME') }));
