import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { createServer } from './server.ts';

// The adapter that starts this process hands on no token, so the organization is a setting.
serveStdio(() => createServer(process.env.ORGANIZATION ?? ''));
