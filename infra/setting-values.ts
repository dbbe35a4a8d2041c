/** Parses the values of settings: text from the command line, or JSON from a file. */

import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Converts a value to what the stack needs; returns undefined for an invalid value. */
export type Parse<Value> = (value: unknown) => Value | undefined;

export const text =
  (pattern: RegExp): Parse<string> =>
  (value) =>
    typeof value === 'string' && pattern.test(value) ? value : undefined;

export const choice =
  <Name extends string>(...names: readonly Name[]): Parse<Name> =>
  (value) =>
    names.find((name) => name === value);

export const whole =
  (least: number, most: number): Parse<number> =>
  (value) => {
    const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number)) return undefined;
    return number >= least && number <= most ? number : undefined;
  };

export const flag: Parse<boolean> = (value) =>
  [true, false].find((known) => value === known || value === String(known));

/** A JSON list, or comma-separated text. */
export const list =
  (isMember: (member: string) => boolean): Parse<readonly string[]> =>
  (value) => {
    const members: unknown =
      typeof value === 'string'
        ? value
            .split(',')
            .map((member) => member.trim())
            .filter((member) => member !== '')
        : value;
    if (!Array.isArray(members)) return undefined;
    return members.every((member) => typeof member === 'string' && isMember(member)) ? members : undefined;
  };

/** `*.example.com` matches every subdomain of example.com. */
export const isHostPattern = (name: string): boolean =>
  /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name);

export const isWebOrigin = (origin: string): boolean =>
  /^https?:/.test(origin) && URL.parse(origin)?.origin === origin;

/** The retention periods of CloudWatch Logs, without "never expire". */
const logDays = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

export const retention: Parse<RetentionDays> = (value) =>
  logDays.find((days) => String(days) === String(value));

export const retentionExpected = `a number of days that CloudWatch Logs supports (${logDays.join(', ')})`;
