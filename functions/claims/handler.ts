import { openTable } from '../../shared/store/table.ts';
import { required } from '../environment.ts';
import { claimsHandler } from './trigger.ts';

/** The Lambda function that the user pool asks before it makes a token. */
export const handler = claimsHandler(openTable({ tableName: required(process.env, 'TABLE_NAME') }));
