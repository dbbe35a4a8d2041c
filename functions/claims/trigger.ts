import type { PreTokenGenerationV3TriggerEvent } from 'aws-lambda';
import { isOrganizationId } from '../../shared/organization.ts';
import { machineClientKey } from '../../shared/store/keys.ts';
import type { Table } from '../../shared/store/table.ts';

/*
 * Names a machine client's organization in its tokens. Cognito gives such tokens no groups, and lets nobody but this
 * trigger add a claim. The mapping is an item of the table under the client's id, which only operators can write:
 * not a part of the app client itself, because reading that would also read its secret.
 */

/** The user pool's trigger before a token is made (version 3, the one that machine clients have). */
export const claimsHandler =
  (table: Table) =>
  async (event: PreTokenGenerationV3TriggerEvent): Promise<PreTokenGenerationV3TriggerEvent> => {
    if (event.triggerSource !== 'TokenGeneration_ClientCredentials') return event;
    const item = await table.get(machineClientKey(event.callerContext.clientId), true);
    const { organization } = JSON.parse(item?.data ?? '{}') as { organization?: string };
    // Without the claim the token opens nothing: a client whose organization is unknown is nobody's.
    if (organization === undefined || !isOrganizationId(organization)) return event;
    event.response = {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { organization } },
      },
    };
    return event;
  };
