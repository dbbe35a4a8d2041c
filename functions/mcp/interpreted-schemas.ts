import { config } from 'zod';

/*
 * Imported before anything that makes a schema. Zod compiles each object's parser when it is first used, which pays off
 * after hundreds of uses; here most processes answer few requests, and the first one would wait for it.
 */
config({ jitless: true });
