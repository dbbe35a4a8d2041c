import { isOrganizationId } from '../organization.ts';

/**
 * The key of an attachment's file: the organization, and the id in base64url, because an id can be any text. A key
 * therefore has no dots, and exactly one slash.
 * @throws {RangeError} for anything that is not an organization id: the key would be outside its organization
 */
export function fileKey(organization: string, id: string): string {
  if (!isOrganizationId(organization)) throw new RangeError('Not an organization id.');
  return `${organization}/${Buffer.from(id).toString('base64url')}`;
}
