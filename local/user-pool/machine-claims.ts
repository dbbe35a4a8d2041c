/** The claims in the tokens of machine clients in addition to Cognito's own. */

import type { PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { machineOrganization } from './app-clients.ts';

/** The function that Cognito calls before it issues a token. */
export type PreTokenTrigger = (
  event: PreTokenGenerationV3TriggerEvent,
) => Promise<PreTokenGenerationV3TriggerEvent>;

export type MachineClaims = (clientId: string, scopes: readonly string[]) => Promise<Record<string, string>>;

/**
 * The claims of the clients that are named after their organization. For every other client, the claims that the
 * trigger adds, which is the unchanged function of the deployed stack.
 */
export function machineClaims(
  { region, userPoolId }: { region: string; userPoolId: string },
  trigger: PreTokenTrigger | undefined,
): MachineClaims {
  return async (clientId, scopes) => {
    const organization = machineOrganization(clientId);
    if (organization !== undefined) return { organization };
    const answered = await trigger?.({
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      region,
      userPoolId,
      userName: clientId,
      callerContext: { awsSdkVersion: 'local', clientId },
      request: { userAttributes: {}, groupConfiguration: {}, scopes: [...scopes] },
      response: { claimsAndScopeOverrideDetails: {} },
    });
    const details = answered?.response.claimsAndScopeOverrideDetails;
    return details?.accessTokenGeneration?.claimsToAddOrOverride ?? {};
  };
}
