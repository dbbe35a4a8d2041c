/** DynamoDB's stand-in in a process of its own, as it is elsewhere for every contestant. */

import { startDynamoDB } from '../../local/dynamodb.ts';
import { region, tableName } from '../environment.ts';

const dynamoDB = await startDynamoDB({ port: 0, tableName, region });
process.on('disconnect', () => process.exit());
process.send?.(dynamoDB.endpoint);
