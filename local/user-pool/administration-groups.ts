import * as z from 'zod';
import {
  AdministrationError,
  group,
  type Operation,
  operation,
  pageSize,
  userPool,
} from './administration-operation.ts';
import type { Groups } from './groups.ts';

export function groupOperations(groups: Groups): Record<string, Operation> {
  return {
    CreateGroup: operation({ ...group, Description: z.string().max(2048) }, async ({ GroupName: name }) => {
      if (groups.find(name)) {
        throw new AdministrationError('GroupExistsException', 'A group with the name already exists.');
      }
      await groups.create(name);
      return {};
    }),
    GetGroup: operation(group, ({ GroupName: name }) => {
      assertGroup(groups, name);
      return { Group: { GroupName: name } };
    }),
    ListGroups: operation({ ...userPool, Limit: pageSize }, () => ({
      Groups: groups.list().map(({ name }) => ({ GroupName: name })),
    })),
    DeleteGroup: operation(group, async ({ GroupName: name }) => {
      assertGroup(groups, name);
      await groups.remove(name);
      return {};
    }),
  };
}

export function assertGroup(groups: Groups, name: string): void {
  if (!groups.find(name)) throw new AdministrationError('ResourceNotFoundException', 'Group not found.');
}
