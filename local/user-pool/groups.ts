/** The pool's groups: those that were created, and those that people are in. */

import type { JsonFile } from '../json-file.ts';
import type { People } from './people.ts';

export interface Group {
  readonly name: string;
}

export interface Groups {
  /** In alphabetical order. */
  list(): Group[];
  find(name: string): Group | undefined;
  create(name: string): Promise<void>;
  /** Removes a group and its memberships. */
  remove(name: string): Promise<void>;
}

export async function openGroups(people: People, file: JsonFile<Group[]> | undefined): Promise<Groups> {
  const created = new Set(((await file?.read()) ?? []).map(({ name }) => name));

  function list(): Group[] {
    return [...created.union(new Set(people.groups()))].sort().map((name) => ({ name }));
  }

  async function save(): Promise<void> {
    await file?.write([...created].map((name) => ({ name })));
  }

  return {
    list,
    find: (name) => list().find((group) => group.name === name),
    async create(name) {
      created.add(name);
      await save();
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
