import * as z from 'zod';
import { AdministrationError } from './administration-error.ts';
import {
  type Operation,
  operation,
  pageOf,
  pageSize,
  pageToken,
  userPool,
} from './administration-operation.ts';
import { brokerClientId } from './app-clients.ts';
import type { RegisteredClients } from './registered-clients.ts';

export interface ClientParts {
  readonly userPoolId: string;
  readonly clients: RegisteredClients;
  /** Scopes of the resource server, as written in tokens. */
  readonly resourceScopes: readonly string[];
}

/** Created with the stack. An administrator cannot remove it. */
const broker = { id: brokerClientId, name: 'sign-in broker' };

const minutes = z.literal('minutes');

/** Only the kind of app client that a program uses: with a secret, client credentials, tokens of 15 minutes. */
export function clientOperations({
  userPoolId,
  clients,
  resourceScopes,
}: ClientParts): Record<string, Operation> {
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
        TokenValidityUnits: z.strictObject({ AccessToken: minutes }),
        PreventUserExistenceErrors: z.literal('ENABLED'),
      },
      async ({ ClientName: name, AllowedOAuthScopes: scopes }) => {
        const unknown = scopes.find((scope) => !resourceScopes.includes(scope));
        if (unknown !== undefined) {
          throw new AdministrationError('ScopeDoesNotExistException', `Scope ${unknown} does not exist.`);
        }
        const client = await clients.add({ name, scopes });
        return {
          UserPoolClient: {
            UserPoolId: userPoolId,
            ClientId: client.id,
            ClientName: client.name,
            ClientSecret: client.secret,
            AllowedOAuthScopes: client.scopes,
            CreationDate: client.created,
          },
        };
      },
    ),
    ListUserPoolClients: operation(
      { ...userPool, MaxResults: pageSize, NextToken: pageToken },
      ({ MaxResults, NextToken }) => {
        const { items, next } = pageOf([broker, ...clients.list()], ({ id }) => id, MaxResults, NextToken);
        return {
          UserPoolClients: items.map(({ id, name }) => ({
            ClientId: id,
            UserPoolId: userPoolId,
            ClientName: name,
          })),
          NextToken: next,
        };
      },
    ),
    DeleteUserPoolClient: operation({ ...userPool, ClientId: z.string() }, async ({ ClientId: id }) => {
      if (id === broker.id) {
        const message = 'This client belongs to the local edition and cannot be deleted.';
        throw new AdministrationError('NotAuthorizedException', message);
      }
      if (!clients.find(id)) {
        const message = `User pool client ${id} does not exist.`;
        throw new AdministrationError('ResourceNotFoundException', message);
      }
      await clients.remove(id);
      return {};
    }),
  };
}
