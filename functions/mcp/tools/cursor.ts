import { createHash } from 'node:crypto';
import { type Day, isDay } from '../../../shared/ledger/dates.ts';
import { Refusal } from '../../../shared/ledger/errors.ts';
import type { LedgerReader } from '../../../shared/ledger/reader.ts';

/** Where a list continues. The organization is not part of it: on every page, it comes from the caller's token. */
interface Position {
  /** Where the previous page ended, as returned by the reader. */
  after: string;
  /** The day of the first page, so that later pages agree with it after midnight. */
  today: Day;
}

/** The first page, or the one that a cursor leads to. */
export interface PageStart {
  after?: string;
  today: Day;
  /** The cursor of the page that begins after the given position. */
  cursorTo(next: string): string;
}

interface ListArguments {
  limit: number;
  cursor?: string;
}

/** A position is a sort key, which DynamoDB limits to 1024 bytes. */
const longestPosition = 1024;
/** Such a position in Base64, with the day, the fingerprint and some characters that JSON escapes. */
const longestCursor = 1500;
const unprintable = /[\p{Cc}\p{Cs}]/u;

/**
 * Where a call of a list starts.
 * @throws {Refusal} when its cursor is not from this tool, or is for other arguments or another organization.
 */
export function pageStart(
  tool: string,
  args: ListArguments,
  { reader, today }: { reader: Pick<LedgerReader, 'organization'>; today: Day },
): PageStart {
  const { limit: _limit, cursor, ...question } = args;
  const fingerprint = fingerprintOf(tool, reader.organization, question);
  const position = cursor === undefined ? { today } : openCursor(tool, cursor, fingerprint, today);
  return {
    ...position,
    cursorTo: (next) => write([next, position.today, fingerprint]),
  };
}

function openCursor(tool: string, cursor: string, fingerprint: string, today: Day): Position {
  const parts = cursor.length <= longestCursor ? parse(cursor) : undefined;
  // One position has one cursor: a text that decodes to it with padding, other bits or whitespace was not issued here.
  if (!Array.isArray(parts) || parts.length !== 3 || write(parts) !== cursor) throw notOurs(tool);
  const [after, firstAsked, madeFor] = parts;
  if (!isPosition(after) || typeof firstAsked !== 'string' || !isDay(firstAsked) || firstAsked > today) {
    throw notOurs(tool);
  }
  if (madeFor !== fingerprint) {
    throw new Refusal(
      `cursor is from a call with other arguments or for another organization: expected the same arguments as in the ${tool} call that returned it (only limit may differ), or no cursor.`,
    );
  }
  return { after, today: firstAsked };
}

const isPosition = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= longestPosition &&
  !unprintable.test(value);

const write = (parts: readonly unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

const notOurs = (tool: string): Refusal =>
  new Refusal(`cursor is not from ${tool}: expected the nextCursor of an earlier answer, or no cursor.`);

/** Distinguishes one question from another; it is not a secret and protects nothing. */
const fingerprintOf = (tool: string, organization: string, question: object): string =>
  createHash('sha256')
    .update(
      JSON.stringify([tool, organization, Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1))]),
    )
    .digest('base64url')
    .slice(0, 16);
