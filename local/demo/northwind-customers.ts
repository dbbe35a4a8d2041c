import type { Customer } from '../../shared/ledger/kinds/customer.ts';
import type { PaymentMethod } from '../../shared/ledger/kinds/payment.ts';
import { addressOf } from './addresses.ts';
import { readRows } from './csv.ts';

/** How a customer pays: the method, and how many days after the due date (if negative, before it). */
export interface PayingHabit {
  method: PaymentMethod;
  sourceMethod: string;
  daysLate: number;
}

/** Assigned to customers in turn, in the source's order. 13 and 8 have no common factor, so that all pairs occur. */
const daysLate = [0, -3, 2, 0, -20, 5, 0, 14, -7, 0, 30, 1, 75];
const methods: readonly (readonly [PaymentMethod, string])[] = [
  ['check', 'Check'],
  ['ach', 'ACH credit'],
  ['bank_transfer', 'International wire'],
  ['card', 'Visa'],
  ['check', 'Check'],
  ['direct_debit', 'Direct debit'],
  ['paypal', 'PayPal'],
  ['cash', 'Cash on delivery'],
];

export interface NorthwindCustomer {
  record: Customer;
  habit: PayingHabit;
}

/** Northwind's customers. Rows without a country are leftover test data in the source, not customers. */
export function northwindCustomers(): NorthwindCustomer[] {
  return readRows('northwind/Customers.csv', [
    'CustomerID',
    'CompanyName',
    'ContactName',
    'ContactTitle',
    'Address',
    'City',
    'Region',
    'PostalCode',
    'Country',
    'Phone',
  ])
    .filter((row) => row.Country !== '')
    .map((row, position) => {
      const [method, sourceMethod] = methods[position % methods.length]!;
      return {
        record: {
          kind: 'customer',
          id: row.CustomerID,
          name: row.CompanyName,
          phone: row.Phone,
          address: addressOf({
            street: row.Address,
            city: row.City,
            region: row.Region,
            postalCode: row.PostalCode,
            country: row.Country,
          }),
          notes: `Contact: ${row.ContactName}, ${row.ContactTitle}`,
        },
        habit: { method, sourceMethod, daysLate: daysLate[position % daysLate.length]! },
      };
    });
}
