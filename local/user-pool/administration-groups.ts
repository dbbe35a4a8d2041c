import * as z from 'zod';
import { AdministrationError, noSuchGroup } from './administration-error.ts';
import {
  groupName,
  type Operation,
  operation,
  pageOf,
  pageSize,
  pageToken,
  userPool,
} from './administration-operation.ts';
import type { Group, Groups } from './groups.ts';

export function groupOperations(userPoolId: string, groups: Groups): Record<string, Operation> {
  const shown = ({ name, description, created }: Group) => ({
    GroupName: name,
    UserPoolId: userPoolId,
    Description: description,
    CreationDate: created,
    LastModifiedDate: created,
  });

  return {
    CreateGroup: operation(
      {
        ...userPool,
        GroupName: groupName,
        Description: z.string().max(2048).optional(),
      },
      async ({ GroupName: name, Description: description }) => {
        if (groups.find(name)) {
          throw new AdministrationError('GroupExistsException', 'A group with the name already exists.');
        }
        return { Group: shown(await groups.create(name, description)) };
      },
    ),
    GetGroup: operation({ ...userPool, GroupName: groupName }, ({ GroupName: name }) => {
      const group = groups.find(name);
      if (!group) throw noSuchGroup();
      return { Group: shown(group) };
    }),
    ListGroups: operation({ ...userPool, Limit: pageSize, NextToken: pageToken }, ({ Limit, NextToken }) => {
      const { items, next } = pageOf(groups.list(), ({ name }) => name, Limit, NextToken);
      return { Groups: items.map(shown), NextToken: next };
    }),
    DeleteGroup: operation({ ...userPool, GroupName: groupName }, async ({ GroupName: name }) => {
      if (!groups.find(name)) throw noSuchGroup();
      await groups.remove(name);
      return {};
    }),
  };
}
