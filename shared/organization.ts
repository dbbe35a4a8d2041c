const organizationId = /^[a-z0-9][a-z0-9-]{1,62}$/;

/** Whether the text is a valid organization id. Nothing else may ever reach a key or a policy. */
export const isOrganizationId = (text: string): boolean => organizationId.test(text);

/*
 * An organization is a group of the user pool that is called org_<id>. Other groups mean nothing.
 */

const prefix = 'org_';

/** The group whose members belong to an organization. */
export const groupOf = (organization: string): string => `${prefix}${organization}`;

/** The organization that a group stands for, if any. */
export function organizationOfGroup(group: string | undefined): string | undefined {
  const id = group?.startsWith(prefix) ? group.slice(prefix.length) : '';
  return isOrganizationId(id) ? id : undefined;
}
