import { openTable } from '../../shared/store/table.ts';
import { required } from '../environment.ts';
import { streamHandler } from './stream.ts';

/** The Lambda function behind the table's stream. */
export const handler = streamHandler(openTable({ tableName: required(process.env, 'TABLE_NAME') }));
