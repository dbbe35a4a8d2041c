import type { Address } from '../../shared/ledger/kinds/business.ts';

/** An address of the parts that a source has: empty ones are left out. */
export function addressOf(parts: Record<keyof Address, string>): Address {
  return Object.fromEntries(Object.entries(parts).filter(([, text]) => text !== ''));
}
