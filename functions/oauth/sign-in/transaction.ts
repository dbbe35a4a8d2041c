import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ScopeName } from '../../../shared/edge.ts';
import type { HttpRequest } from '../../http.ts';
import type { Keys } from '../sealing/keys.ts';
import { sealOf } from '../sealing/seal.ts';
import type { Return } from './authorization-request.ts';

/** A sign-in in progress. It is stored only in a cookie of the browser in which it began, and sealed. */
export interface Transaction extends Return {
  /** Unguessable, and short: it names the cookie, and is the state that the user pool carries. */
  readonly id: string;
  /** Hash of the client id. */
  readonly client: string;
  /** The client as the audit names it. */
  readonly label: string;
  /** The client as people are told its name. */
  readonly name: string;
  /** Who vouches for the name: a host, the operator of this server, or nobody. */
  readonly voucher: { readonly host: string } | 'operator' | 'nobody';
  readonly challenge: string;
  /** What the person is asked for. */
  readonly asked: readonly ScopeName[];
  readonly offline: boolean;
  /** Has to come back with the form, so that no other page can send it. */
  readonly formToken: string;
  /** What proves to the user pool that the code is fetched from here. */
  readonly poolVerifier: string;
  /** What the person has agreed to; undefined until then. */
  readonly granted?: readonly ScopeName[];
}

export interface Transactions {
  /** @returns cookies that begin it, and take away room-consuming ones that were left behind */
  begin(request: HttpRequest, transaction: Transaction): Promise<string[]>;
  /** @returns undefined where this browser has none of this id, or has had it for too long */
  find(request: HttpRequest, id: string): Promise<Transaction | undefined>;
  update(transaction: Transaction): Promise<string>;
  end(transaction: Transaction): string;
}

/** Seconds from the last step. */
const lifetime = 10 * 60;

/**
 * Characters that the cookies of other sign-ins may have together. The edge takes 10,240 bytes of headers, and
 * somebody who begins again and again shall not be locked out.
 */
const roomForOthers = 2_500;

const idForm = /^[\w-]{22}$/;

/** 128 random bits, in 22 characters. */
export function newId(): string {
  return randomBytes(16).toString('base64url');
}

/** Compares in the same time for every wrong text. */
export function isSameText(first: string, second: string): boolean {
  const [a, b] = [Buffer.from(first), Buffer.from(second)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function transactionsOf(keys: Keys, publicOrigin: string): Transactions {
  const seal = sealOf<Transaction>(keys, { purpose: 'transaction 1', lifetime });
  // Browsers accept the prefix only on https; it keeps other hosts of the domain from setting the cookie. On plain
  // http, which is the local edition's, some would not even keep a cookie that is marked Secure.
  const isSecure = publicOrigin.startsWith('https:');
  const prefix = isSecure ? '__Host-sign-in-' : 'finance-mcp-sign-in-';
  // Lax: the cookie has to come along when the user pool sends the browser back.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

  function cookie(id: string, value: string, maxAge: number): string {
    return `${prefix}${id}=${value}; Max-Age=${maxAge}; ${attributes}`;
  }

  function cookiesOf(request: HttpRequest): Map<string, string> {
    const pairs = (request.headers.get('cookie') ?? '').split(/; */).map((pair): [string, string] => {
      const end = pair.indexOf('=');
      return [pair.slice(0, Math.max(end, 0)), pair.slice(end + 1)];
    });
    return new Map(
      pairs
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    );
  }

  /** Browsers send older cookies first; the youngest are the likeliest to be needed still. */
  function superfluous(request: HttpRequest): string[] {
    let room = roomForOthers;
    return [...cookiesOf(request)].reverse().flatMap(([id, value]) => {
      room -= prefix.length + id.length + value.length;
      return room < 0 && idForm.test(id) ? [id] : [];
    });
  }

  return {
    begin: async (request, transaction) => [
      cookie(transaction.id, await seal.seal(transaction), lifetime),
      ...superfluous(request).map((other) => cookie(other, '', 0)),
    ],
    async find(request, id) {
      const value = idForm.test(id) ? cookiesOf(request).get(id) : undefined;
      const transaction = value === undefined ? undefined : await seal.open(value);
      // A cookie of another name may have been put in this one's place.
      return transaction?.id === id ? transaction : undefined;
    },
    update: async (transaction) => cookie(transaction.id, await seal.seal(transaction), lifetime),
    end: ({ id }) => cookie(id, '', 0),
  };
}
