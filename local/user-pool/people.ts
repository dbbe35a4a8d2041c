/** The people of the pool and the groups that they are in. */

import { randomUUID } from 'node:crypto';
import type { JsonFile } from '../json-file.ts';
import { hashPassword, isPassword } from './password.ts';

/** A person as configured by an operator. */
export interface NewPerson {
  readonly username: string;
  readonly password: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export interface Person {
  /** The pool's own id of the person; it never changes. */
  readonly sub: string;
  readonly username: string;
  readonly email: string;
  readonly groups: readonly string[];
  /** Seconds since the epoch. Unknown for people who were configured before it was stored. */
  readonly created?: number;
  /** An administrator has disabled the account: its owner cannot sign in, and its refresh tokens are refused. */
  readonly disabled?: boolean;
  /** The password is a temporary one for the first sign-in, for which this pool has no page. */
  readonly mustChangePassword?: boolean;
}

/** A person as kept on disk. */
export interface PersonRecord extends Person {
  readonly passwordHash: string;
}

export interface People {
  list(): Person[];
  /** Every group that somebody is in, in alphabetical order. */
  groups(): string[];
  /** @throws Error when the username or the email is taken */
  add(person: NewPerson): Promise<Person>;
  /** Replaces the groups of a person; tokens issued from now on carry them. @throws Error for an unknown username */
  setGroups(username: string, groups: readonly string[]): Promise<Person>;
  /** Enables or disables an account. @throws Error for an unknown username */
  setDisabled(username: string, disabled: boolean): Promise<Person>;
  /** Replaces the password. @throws Error for an unknown username */
  setPassword(username: string, password: string, mustChangePassword: boolean): Promise<Person>;
  /** @param name username, email or id, in any case, as Cognito's administrative calls take them */
  find(name: string): Person | undefined;
  findBySub(sub: string): Person | undefined;
  /** @param name username or email, in any case, as Cognito takes them */
  signIn(name: string, password: string): Promise<Person | undefined>;
}

/**
 * Loads the people that are on disk and adds the configured ones that are missing.
 * People who are on disk keep their stored id, groups and password.
 */
export async function openPeople(
  configured: readonly NewPerson[],
  file: JsonFile<PersonRecord[]> | undefined,
): Promise<People> {
  const records = new Map<string, PersonRecord>();
  for (const record of (await file?.read()) ?? []) records.set(record.username.toLowerCase(), record);

  async function toRecord(person: NewPerson): Promise<PersonRecord> {
    const { username, email, groups, password } = person;
    const created = Math.floor(Date.now() / 1000);
    return {
      sub: randomUUID(),
      username,
      email,
      groups,
      created,
      passwordHash: await hashPassword(password),
    };
  }

  async function change(username: string, changes: Partial<PersonRecord>): Promise<Person> {
    const key = username.toLowerCase();
    const known = records.get(key);
    if (!known) throw new Error(`There is no person with the username ${username}.`);
    const changed = { ...known, ...changes };
    records.set(key, changed);
    await save();
    return withoutPassword(changed);
  }

  function find(name: string): PersonRecord | undefined {
    const wanted = name.trim().toLowerCase();
    return (
      records.get(wanted) ??
      [...records.values()].find(({ email, sub }) => email.toLowerCase() === wanted || sub === wanted)
    );
  }

  async function save(): Promise<void> {
    await file?.write([...records.values()]);
  }

  const missing = configured.filter((person) => !records.has(person.username.toLowerCase()));
  for (const record of await Promise.all(missing.map(toRecord))) {
    records.set(record.username.toLowerCase(), record);
  }
  if (missing.length > 0) await save();

  // Checked when nobody has the name, so that the response time does not reveal who exists.
  const nobody = await hashPassword(randomUUID());

  return {
    list: () => [...records.values()].map(withoutPassword),
    groups: () => [...new Set([...records.values()].flatMap((record) => record.groups))].sort(),
    async add(person) {
      const taken = [...records.values()].some(
        (record) =>
          record.username.toLowerCase() === person.username.toLowerCase() ||
          record.email.toLowerCase() === person.email.toLowerCase(),
      );
      if (taken) {
        throw new Error(`There is already a person with the username ${person.username} or this email.`);
      }
      const record = await toRecord(person);
      records.set(record.username.toLowerCase(), record);
      await save();
      return withoutPassword(record);
    },
    setGroups: (username, groups) => change(username, { groups }),
    setDisabled: (username, disabled) => change(username, { disabled }),
    async setPassword(username, password, mustChangePassword) {
      return change(username, { passwordHash: await hashPassword(password), mustChangePassword });
    },
    find(name) {
      const record = find(name);
      return record && withoutPassword(record);
    },
    findBySub(sub) {
      const record = [...records.values()].find((candidate) => candidate.sub === sub);
      return record && withoutPassword(record);
    },
    async signIn(name, password) {
      const record = find(name);
      const right = await isPassword(password, record?.passwordHash ?? nobody);
      const open = record !== undefined && !record.disabled && !record.mustChangePassword;
      return open && right ? withoutPassword(record) : undefined;
    },
  };
}

function withoutPassword({ passwordHash: _, ...person }: PersonRecord): Person {
  return person;
}
