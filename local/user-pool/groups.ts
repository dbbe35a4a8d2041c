/** The pool's groups: those that were created, and those that people are in. */

import type { JsonFile } from '../json-file.ts';
import type { People } from './people.ts';

export interface Group {
  readonly name: string;
  readonly description?: string;
  /** Seconds since the epoch. Unknown for a group that exists only because people are in it. */
  readonly created?: number;
}

export interface Groups {
  /** In alphabetical order. */
  list(): Group[];
  find(name: string): Group | undefined;
  create(name: string, description: string | undefined): Promise<Group>;
  /** Removes a group and its memberships. */
  remove(name: string): Promise<void>;
}

export async function openGroups(people: People, file: JsonFile<Group[]> | undefined): Promise<Groups> {
  const created = new Map(((await file?.read()) ?? []).map((group) => [group.name, group]));

  function list(): Group[] {
    const names = new Set([...created.keys(), ...people.groups()]);
    return [...names].sort().map((name) => created.get(name) ?? { name });
  }

  async function save(): Promise<void> {
    await file?.write([...created.values()]);
  }

  return {
    list,
    find: (name) => list().find((group) => group.name === name),
    async create(name, description) {
      const group = {
        name,
        created: Math.floor(Date.now() / 1000),
        ...(description !== undefined && { description }),
      };
      created.set(name, group);
      await save();
      return group;
    },
    async remove(name) {
      for (const { username, groups } of people.list()) {
        if (groups.includes(name)) {
          await people.setGroups(
            username,
            groups.filter((group) => group !== name),
          );
        }
      }
      created.delete(name);
      await save();
    },
  };
}
