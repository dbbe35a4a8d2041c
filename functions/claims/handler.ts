import { openTable } from '../../shared/store/table.ts';
import { createClaimsHandler } from './trigger.ts';

const { TABLE_NAME: tableName } = process.env;
if (!tableName) throw new Error('The environment variable TABLE_NAME is not set.');

/** The Lambda function that the user pool asks before it makes a token. */
export const handler = createClaimsHandler(openTable({ tableName }));
