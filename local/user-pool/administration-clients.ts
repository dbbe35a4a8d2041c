import * as z from 'zod';
import {
  AdministrationError,
  type Operation,
  operation,
  pageSize,
  userPool,
} from './administration-operation.ts';
import { brokerClientId } from './app-clients.ts';
import type { RegisteredClients } from './registered-clients.ts';

export interface ClientParts {
  readonly clients: RegisteredClients;
  /** Scopes of the resource server, as written in tokens. */
  readonly resourceScopes: readonly string[];
}

/** Created with the stack, and not by these operations. */
const broker = { id: brokerClientId, name: 'sign-in broker' };

/** Only the kind of app client that a program uses: with a secret, client credentials, tokens of 15 minutes. */
export function clientOperations({ clients, resourceScopes }: ClientParts): Record<string, Operation> {
  return {
    CreateUserPoolClient: operation(
      {
        ...userPool,
        ClientName: z
          .string()
          .max(128)
          .regex(/^[\w\s+=,.@-]+$/),
        GenerateSecret: z.literal(true),
        AllowedOAuthFlows: z.array(z.literal('client_credentials')).length(1),
        AllowedOAuthFlowsUserPoolClient: z.literal(true),
        AllowedOAuthScopes: z.array(z.string()).min(1),
        ExplicitAuthFlows: z.array(z.literal('ALLOW_CUSTOM_AUTH')),
        AccessTokenValidity: z.literal(15),
        TokenValidityUnits: z.strictObject({ AccessToken: z.literal('minutes') }),
        PreventUserExistenceErrors: z.literal('ENABLED'),
      },
      async ({ ClientName: name, AllowedOAuthScopes: scopes }) => {
        const unknown = scopes.find((scope) => !resourceScopes.includes(scope));
        if (unknown !== undefined) {
          throw new AdministrationError('ScopeDoesNotExistException', `Scope ${unknown} does not exist.`);
        }
        const { id, secret } = await clients.add({ name, scopes });
        return { UserPoolClient: { ClientId: id, ClientSecret: secret } };
      },
    ),
    ListUserPoolClients: operation({ ...userPool, MaxResults: pageSize }, () => ({
      UserPoolClients: [broker, ...clients.list()].map(({ id, name }) => ({
        ClientId: id,
        ClientName: name,
      })),
    })),
    DeleteUserPoolClient: operation({ ...userPool, ClientId: z.string() }, async ({ ClientId: id }) => {
      if (!clients.find(id)) {
        const message = `User pool client ${id} does not exist.`;
        throw new AdministrationError('ResourceNotFoundException', message);
      }
      await clients.remove(id);
      return {};
    }),
  };
}
