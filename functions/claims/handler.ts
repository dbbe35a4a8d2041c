import { openTable } from '../../shared/store/table.ts';
import { required } from '../environment.ts';
import { createClaimsHandler } from './trigger.ts';

/** The Lambda function that the user pool asks before it makes a token. */
export const handler = createClaimsHandler(openTable({ tableName: required(process.env, 'TABLE_NAME') }));
