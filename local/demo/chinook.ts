import { addDays, type Day } from '../../shared/ledger/dates.ts';
import type { BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { Customer } from '../../shared/ledger/kinds/customer.ts';
import type { Invoice, Line } from '../../shared/ledger/kinds/invoice.ts';
import type { Payment } from '../../shared/ledger/kinds/payment.ts';
import type { Product } from '../../shared/ledger/kinds/product.ts';
import { parseMoney } from '../../shared/ledger/money.ts';
import { addressOf } from './addresses.ts';
import type { Books } from './books.ts';
import { readRows } from './csv.ts';

const profile: BusinessProfile = {
  kind: 'business',
  id: 'business',
  name: 'Chinook Musik',
  contact: 'Jane Peacock',
  email: 'buchhaltung@chinook.example',
  phone: '+49 30 5550142',
  address: { street: 'Musterstraße 12', city: 'Berlin', postalCode: '10115', country: 'Germany' },
  taxRate: '19',
  taxName: 'Mehrwertsteuer',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  fiscalYearStartMonth: 4,
  accountingBasis: 'cash',
};

/** Companies buy on account and pay after this many days. What they bought since `openSince` is still open. */
const daysOnAccount = 45;
const openSince: Day = '2025-01-01';

/** The books of Chinook as they stand on a day: see docs/demo.md for every rule. */
export function chinookBooks(today: Day): Books {
  const customers = chinookCustomers();
  const companies = new Set(customers.filter((customer) => customer.organization).map(({ id }) => id));
  return {
    organization: 'chinook',
    profile,
    records: [
      ...customers,
      ...chinookProducts(),
      // An invoice beside its payment: they are written together, and its balance is computed once.
      ...chinookInvoices().flatMap((invoice) => [
        invoice,
        ...(companies.has(invoice.customerId ?? '') ? paidOnAccount(invoice) : paidByCard(invoice)).filter(
          (payment) => payment.date <= today,
        ),
      ]),
    ],
  };
}

function chinookCustomers(): Customer[] {
  return readRows('chinook/Customer.csv', [
    'CustomerId',
    'FirstName',
    'LastName',
    'Company',
    'Address',
    'City',
    'State',
    'Country',
    'PostalCode',
    'Phone',
    'Email',
  ]).map((row) => ({
    kind: 'customer',
    id: row.CustomerId,
    name: `${row.FirstName} ${row.LastName}`,
    ...(row.Company && { organization: row.Company }),
    email: row.Email,
    ...(row.Phone && { phone: row.Phone }),
    address: addressOf({
      street: row.Address,
      city: row.City,
      region: row.State,
      postalCode: row.PostalCode,
      country: row.Country,
    }),
  }));
}

function chinookInvoices(): Invoice[] {
  const lines = linesByInvoice();
  return readRows('chinook/Invoice.csv', ['InvoiceId', 'CustomerId', 'InvoiceDate', 'Total']).map((row) => ({
    kind: 'invoice',
    id: row.InvoiceId,
    number: row.InvoiceId,
    customerId: row.CustomerId,
    currency: 'EUR',
    lifecycle: 'issued',
    issued: row.InvoiceDate.slice(0, 10),
    total: parseMoney(row.Total, 'EUR'),
    lines: lines.get(row.InvoiceId) ?? [],
  }));
}

const soldTracks = () =>
  readRows('chinook/InvoiceLine.csv', ['InvoiceId', 'TrackId', 'UnitPrice', 'Quantity']);

/** The tracks that were sold; the source has as many again that never were. */
function chinookProducts(): Product[] {
  const sold = new Set(soldTracks().map(({ TrackId }) => TrackId));
  return readRows('chinook/Track.csv', ['TrackId', 'Name', 'UnitPrice'])
    .filter(({ TrackId }) => sold.has(TrackId))
    .map((row) => ({
      kind: 'product',
      id: row.TrackId,
      name: row.Name,
      unitPrice: row.UnitPrice,
      currency: 'EUR',
      active: true,
    }));
}

function linesByInvoice(): Map<string, Line[]> {
  const tracks = new Map(chinookProducts().map(({ id, name }) => [id, name]));
  const rows = soldTracks();
  return new Map(
    Array.from(
      Map.groupBy(rows, (row) => row.InvoiceId),
      ([invoice, sold]) => [
        invoice,
        sold.map((row) => ({
          productId: row.TrackId,
          name: tracks.get(row.TrackId) ?? `Track ${row.TrackId}`,
          quantity: row.Quantity,
          rate: row.UnitPrice,
          total: parseMoney(row.UnitPrice, 'EUR') * Number(row.Quantity),
        })),
      ],
    ),
  );
}

const paidByCard = (invoice: Invoice): Payment[] => [
  paymentOf(invoice, { date: invoice.issued, method: 'card', sourceMethod: 'Card' }),
];

const paidOnAccount = (invoice: Invoice): Payment[] =>
  invoice.issued >= openSince
    ? []
    : [
        paymentOf(invoice, {
          date: addDays(invoice.issued, daysOnAccount),
          method: 'bank_transfer',
          sourceMethod: 'Überweisung',
        }),
      ];

const paymentOf = (
  invoice: Invoice,
  how: Pick<Payment, 'date' | 'method'> & { sourceMethod: string },
): Payment => ({
  kind: 'payment',
  id: `${invoice.id}-1`,
  invoiceId: invoice.id,
  currency: invoice.currency,
  amount: invoice.total,
  ...how,
});
