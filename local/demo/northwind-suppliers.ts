import type { PaymentMethod } from '../../shared/ledger/kinds/payment.ts';
import type { Supplier } from '../../shared/ledger/kinds/supplier.ts';
import { addressOf } from './addresses.ts';
import { readRows } from './csv.ts';

/** How a supplier of goods bills and is paid. */
export interface BillingHabit {
  currency: 'USD' | 'EUR';
  /** From the day of a bill to its due date. */
  daysToPay: number;
  /** How many days after the due date Northwind pays (if negative, before it). */
  daysLate: number;
  method: PaymentMethod;
  sourceMethod: string;
}

export interface NorthwindSupplier {
  record: Supplier;
  country: string;
  habit: BillingHabit;
}

/** Both by the supplier's number in the source, modulo their count. */
const terms = [30, 14, 45];
const daysLate = [0, -2, 0, 6, 1];

/** Northwind's suppliers of goods. */
export const northwindSuppliers = (): NorthwindSupplier[] =>
  readRows('northwind/Suppliers.csv', [
    'SupplierID',
    'CompanyName',
    'ContactName',
    'ContactTitle',
    'Address',
    'City',
    'Region',
    'PostalCode',
    'Country',
    'Phone',
  ]).map((row) => {
    const number = Number(row.SupplierID);
    const country = row.Country.trim();
    const daysToPay = terms[number % terms.length]!;
    return {
      country,
      record: {
        kind: 'supplier',
        id: row.SupplierID,
        name: row.CompanyName,
        phone: row.Phone,
        address: addressOf({
          street: row.Address.replaceAll('\n', ', '),
          city: row.City,
          region: row.Region,
          postalCode: row.PostalCode,
          country,
        }),
        paymentTerms: `net ${daysToPay}`,
        notes: `Contact: ${row.ContactName.trim()}, ${row.ContactTitle}`,
      },
      habit: {
        currency: country === 'Germany' ? 'EUR' : 'USD',
        daysToPay,
        daysLate: daysLate[number % daysLate.length]!,
        ...methodFor(country, number),
      },
    };
  });

function methodFor(country: string, number: number): Pick<BillingHabit, 'method' | 'sourceMethod'> {
  if (country === 'Germany') return { method: 'bank_transfer', sourceMethod: 'SEPA credit transfer' };
  if (country !== 'USA') return { method: 'bank_transfer', sourceMethod: 'International wire' };
  return number % 2 === 0
    ? { method: 'check', sourceMethod: 'Check' }
    : { method: 'ach', sourceMethod: 'ACH credit' };
}

/** Invented: those with whom Northwind has contracts. */
export const contractors: readonly Supplier[] = [
  {
    kind: 'supplier',
    id: 'portals-way-properties',
    name: 'Portals Way Properties',
    email: 'rent@portals-way.example',
    address: { city: 'Twin Points', region: 'WA', country: 'USA' },
    defaultCategory: 'Rent',
  },
  {
    kind: 'supplier',
    id: 'cascadia-software',
    name: 'Cascadia Software, Inc.',
    email: 'billing@cascadia-software.example',
    address: { city: 'Bellevue', region: 'WA', country: 'USA' },
    taxNumber: '91-5550142',
    defaultCategory: 'Software',
  },
  {
    kind: 'supplier',
    id: 'harbor-market-data',
    name: 'Harbor Market Data LLC',
    email: 'accounts@harbor-data.example',
    defaultCategory: 'Software',
  },
  {
    kind: 'supplier',
    id: 'zollhafen-portal',
    name: 'Zollhafen Portal GmbH',
    email: 'rechnung@zollhafen.example',
    address: { city: 'Hamburg', country: 'Germany' },
    defaultCategory: 'Software',
  },
  {
    kind: 'supplier',
    id: 'rainier-couriers',
    name: 'Rainier Couriers',
    email: 'office@rainier-couriers.example',
    defaultCategory: 'Shipping',
  },
  {
    kind: 'supplier',
    id: 'expo-northwest',
    name: 'Expo Northwest',
    email: 'stands@expo-northwest.example',
    defaultCategory: 'Marketing',
  },
];
