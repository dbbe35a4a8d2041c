/** Sessions, codes, grants and refresh tokens of the pool: in memory, and on disk what must survive a restart. */

import { type Adapter, type AdapterPayload, errors } from 'oidc-provider';
import { refreshTokens } from '../../shared/edge.ts';
import type { JsonFile } from '../json-file.ts';

interface StoredRecord {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The records by `<model>:<id>`, as kept on disk. */
export type StoredRecords = Record<string, StoredRecord>;

/** A refresh token is valid only with its grant. Everything else can be lost: people sign in again. */
const keptModels = new Set(['RefreshToken', 'Grant']);

const sweepIntervalMs = 60_000;

export interface Records {
  /** The storage that oidc-provider asks for, one per model. */
  adapter(model: string): Adapter;
  /** Deletes what an account has of these models, such as all of its refresh tokens. */
  forget(accountId: string, models: readonly string[]): Promise<void>;
}

export async function openRecords(file: JsonFile<StoredRecords> | undefined): Promise<Records> {
  const records = new Map<string, StoredRecord>(Object.entries((await file?.read()) ?? {}));
  let nextSweep = Date.now() + sweepIntervalMs;

  function sweep(): void {
    const now = Date.now();
    if (now < nextSweep) return;
    nextSweep = now + sweepIntervalMs;
    for (const [key, record] of records) if (record.expiresAt <= now) records.delete(key);
  }

  async function save(model: string): Promise<void> {
    if (!file || !keptModels.has(model)) return;
    const kept = [...records].filter(([key]) => keptModels.has(modelOf(key)));
    await file.write(Object.fromEntries(kept));
  }

  const adapter = (model: string): Adapter => {
    const keyOf = (id: string): string => `${model}:${id}`;

    function alive(key: string): AdapterPayload | undefined {
      const record = records.get(key);
      return record && record.expiresAt > Date.now() ? record.payload : undefined;
    }

    function ofThisModel(): [string, StoredRecord][] {
      return [...records].filter(([key]) => key.startsWith(`${model}:`));
    }

    return {
      async upsert(id, payload, expiresInSeconds = Number.MAX_SAFE_INTEGER / 2000) {
        sweep();
        records.set(keyOf(id), { payload, expiresAt: Date.now() + expiresInSeconds * 1000 });
        await save(model);
      },
      async find(id) {
        const payload = alive(keyOf(id));
        if (model !== 'RefreshToken' || !payload?.consumed) return payload;
        // Cognito accepts it again for a while and issues a second successor. Later it only refuses it. That the first
        // successor is revoked as well, as oidc-provider would do, is not documented.
        return isInGrace(payload) ? { ...payload, consumed: undefined } : undefined;
      },
      async findByUid(uid) {
        return ofThisModel()
          .map(([key]) => alive(key))
          .find((payload) => payload?.uid === uid);
      },
      async findByUserCode() {
        return undefined; // only the device flow has user codes
      },
      async consume(id) {
        const payload = alive(keyOf(id));
        // The grace counts from the first use.
        if (model === 'RefreshToken' && payload?.consumed && isInGrace(payload)) return;
        // The provider checked some awaits ago: if two requests present one code at once, only the first gets it.
        if (!payload || payload.consumed) throw new errors.InvalidGrant('already used');
        payload.consumed = Date.now() / 1000;
        await save(model);
      },
      async destroy(id) {
        records.delete(keyOf(id));
        await save(model);
      },
      async revokeByGrantId(grantId) {
        for (const [key, { payload }] of ofThisModel()) {
          if (payload.grantId === grantId) records.delete(key);
        }
        await save(model);
      },
    };
  };

  return {
    adapter,
    async forget(accountId, models) {
      for (const [key, { payload }] of records) {
        if (payload.accountId === accountId && models.includes(modelOf(key))) records.delete(key);
      }
      await Promise.all(models.map(save));
    },
  };
}

/** @param payload of a refresh token that was used */
const isInGrace = ({ consumed }: AdapterPayload): boolean =>
  Date.now() / 1000 - Number(consumed) < refreshTokens.graceSeconds;

const modelOf = (key: string): string => key.slice(0, key.indexOf(':'));
