/** What Lambda calls. */

import { readConfiguration } from './configuration.ts';
import { frontDoor } from './front-door.ts';

export const handler = frontDoor(readConfiguration(process.env));
