import type { SQLInputValue } from 'node:sqlite';
import type { LedgerRecord } from '../../shared/ledger/kinds/index.ts';
import { CsvDatabase } from '../support/csv-database.ts';

/*
 * The demo's books, to be recounted in SQL. Documents and expenses come from the CSV files. What the demo derives
 * (payments, credits, lifecycles) comes from its records.
 */

const data = new URL('../../local/demo/data/', import.meta.url);

/** Monday of the week that a day is in. */
const mondayOf = (day: string) =>
  `date(${day}, '-' || ((CAST(strftime('%w', ${day}) AS INTEGER) + 6) % 7) || ' days')`;

/** The day, moved by as many whole weeks as lie between the newest of its column and today. */
const shifted = (day: string, table: string) =>
  `date(${day}, (SELECT CAST(julianday(${mondayOf('(SELECT day FROM today)')}) - julianday(${mondayOf('max(day)')}) AS INTEGER) FROM ${table}) || ' days')`;

export type { Row } from '../support/csv-database.ts';

export class RecountDatabase extends CsvDatabase {
  constructor(today: string) {
    super();
    this.database.exec('CREATE TABLE today (day TEXT)');
    this.database.prepare('INSERT INTO today VALUES (?)').run(today);
  }

  /** Tables `invoices` (without lifecycle), `customers` and `expenses` from Northwind's and the GLA's CSV files. */
  addNorthwind(): this {
    this.addCsv(new URL('northwind/Orders.csv', data), 'raw_orders');
    this.addCsv(new URL('northwind/OrderDetails.csv', data), 'raw_details');
    this.addCsv(new URL('northwind/Customers.csv', data), 'raw_customers');
    this.addCsv(new URL('northwind/Products.csv', data), 'raw_products');
    this.addCsv(new URL('gla/expenses.csv', data), 'raw_expenses');
    this.database.exec(`
      CREATE TABLE products AS SELECT ProductID AS id, ProductName AS name FROM raw_products;
      CREATE TABLE sold AS
        SELECT OrderID AS invoice, ProductID AS product, CAST(Quantity AS INTEGER) AS quantity,
          (hundredths(UnitPrice) * CAST(Quantity AS INTEGER) * (100 - hundredths(Discount)) + 50) / 100 AS amount
        FROM raw_details;
      CREATE TABLE orders AS SELECT *, date(OrderDate) AS day FROM raw_orders;
      CREATE TABLE spending AS SELECT *, Date AS day FROM raw_expenses;
      CREATE TABLE goods AS
        SELECT OrderID, sum((hundredths(UnitPrice) * CAST(Quantity AS INTEGER) * (100 - hundredths(Discount)) + 50) / 100)
          AS total
        FROM raw_details GROUP BY OrderID;
      CREATE TABLE subtotals AS
        SELECT o.OrderID AS id, o.CustomerID AS customer, ${shifted('o.day', 'orders')} AS issued,
          o.ShipRegion AS region, g.total + hundredths(o.Freight) AS subtotal
        FROM orders o JOIN goods g USING (OrderID);
      CREATE TABLE invoices AS
        SELECT id, customer, issued, date(issued, '30 days') AS due, subtotal + tax AS total, tax
        FROM (SELECT *, CASE region WHEN 'WA' THEN (subtotal * 101 + 500) / 1000 ELSE 0 END AS tax FROM subtotals);
      CREATE TABLE customers AS
        SELECT CustomerID AS id, CompanyName AS name FROM raw_customers WHERE Country <> '';
      CREATE TABLE expenses AS
        SELECT ID AS id, Vendor AS vendor, AccountDescription AS category, hundredths(Amount) AS amount,
          ${shifted('day', 'spending')} AS day
        FROM spending;
    `);
    return this;
  }

  /** All tables from Chinook's CSV files; it has no credits and no expenses. */
  addChinook(): this {
    this.addCsv(new URL('chinook/Invoice.csv', data), 'raw_invoices');
    this.addCsv(new URL('chinook/InvoiceLine.csv', data), 'raw_lines');
    this.addCsv(new URL('chinook/Track.csv', data), 'raw_tracks');
    this.addCsv(new URL('chinook/Customer.csv', data), 'raw_customers');
    this.database.exec(`
      CREATE TABLE products AS SELECT TrackId AS id, Name AS name FROM raw_tracks;
      CREATE TABLE sold AS
        SELECT InvoiceId AS invoice, TrackId AS product, CAST(Quantity AS INTEGER) AS quantity,
          hundredths(UnitPrice) * CAST(Quantity AS INTEGER) AS amount
        FROM raw_lines;
      CREATE TABLE invoices AS
        SELECT InvoiceId AS id, CustomerId AS customer, date(InvoiceDate) AS issued, NULL AS due,
          hundredths(Total) AS total, 0 AS tax
        FROM raw_invoices;
      CREATE TABLE customers AS
        SELECT CustomerId AS id, FirstName || ' ' || LastName AS name, Company <> '' AS company FROM raw_customers;
      CREATE TABLE lifecycles AS
        SELECT id AS invoice, 'issued' AS lifecycle, NULL AS written_off, 0 AS viewed FROM invoices;
      CREATE TABLE payments AS
        SELECT i.id || '-1' AS id, i.id AS invoice, i.customer, i.total AS amount,
          CASE c.company WHEN 1 THEN date(i.issued, '45 days') ELSE i.issued END AS day,
          CASE c.company WHEN 1 THEN 'bank_transfer' ELSE 'card' END AS method
        FROM invoices i JOIN customers c ON c.id = i.customer
        WHERE NOT (c.company AND i.issued >= '2025-01-01');
      CREATE TABLE settlements AS SELECT invoice, day, amount FROM payments;
      CREATE INDEX settlements_by_invoice ON settlements (invoice);
      CREATE TABLE credits (id TEXT, day TEXT, total INTEGER, tax INTEGER);
      CREATE TABLE applied (credit TEXT, day TEXT, amount INTEGER);
      CREATE TABLE failed (id TEXT, amount INTEGER, day TEXT, method TEXT);
      CREATE TABLE expenses (id TEXT, vendor TEXT, category TEXT, amount INTEGER, day TEXT);
    `);
    return this;
  }

  /** Tables `lifecycles`, `payments`, `failed`, `credits`, `applied` and `settlements` from what the demo derives. */
  addDerived(records: readonly LedgerRecord[]): this {
    this.database.exec(`
      CREATE TABLE lifecycles (invoice TEXT, lifecycle TEXT, written_off TEXT, viewed INTEGER);
      CREATE TABLE payments (id TEXT, invoice TEXT, customer TEXT, amount INTEGER, day TEXT, method TEXT);
      CREATE TABLE credits (id TEXT, day TEXT, total INTEGER, tax INTEGER);
      CREATE TABLE applied (credit TEXT, day TEXT, amount INTEGER);
      CREATE TABLE failed (id TEXT, amount INTEGER, day TEXT, method TEXT);
      CREATE TABLE settlements (invoice TEXT, day TEXT, amount INTEGER);
      CREATE INDEX settlements_by_invoice ON settlements (invoice);
    `);
    const insert = (table: string, ...values: SQLInputValue[]) =>
      this.database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join()})`).run(...values);
    for (const record of records) {
      if (record.kind === 'invoice') {
        insert(
          'lifecycles',
          record.id,
          record.lifecycle,
          record.writtenOff ?? null,
          Number(record.viewed !== undefined),
        );
      } else if (record.kind === 'payment' && record.failed) {
        insert('failed', record.id, record.amount, record.date, record.method);
      } else if (record.kind === 'payment') {
        const { id, invoiceId = null, customerId = null, amount, date, method } = record;
        insert('payments', id, invoiceId, customerId, amount, date, method);
        insert('settlements', invoiceId, date, amount);
      } else if (record.kind === 'credit_note') {
        insert('credits', record.id, record.issued, record.total, record.tax ?? 0);
        for (const { invoiceId, date, amount } of record.allocations) {
          insert('applied', record.id, date, amount);
          insert('settlements', invoiceId, date, amount);
        }
      }
    }
    return this;
  }
}

/**
 * The invoices as they stood on the day `:asOf`, with their status and what was left to pay then: the rules of the
 * books said once more, in SQL.
 */
export const standings = `
  WITH lives AS (
    SELECT i.*, l.viewed,
      CASE WHEN l.lifecycle = 'written_off' AND l.written_off > :asOf THEN 'issued' ELSE l.lifecycle END AS life,
      i.total - coalesce((SELECT sum(s.amount) FROM settlements s WHERE s.invoice = i.id AND s.day <= :asOf), 0) AS rest
    FROM invoices i JOIN lifecycles l ON l.invoice = i.id
  )
  SELECT id, customer, issued, due, total,
    CASE
      WHEN life <> 'issued' THEN life
      WHEN rest <= 0 THEN 'paid'
      WHEN due < :asOf AND issued <= :asOf THEN 'overdue'
      WHEN rest < total THEN 'partial'
      WHEN viewed THEN 'viewed'
      ELSE 'sent'
    END AS status,
    CASE WHEN life = 'issued' AND rest > 0 THEN rest ELSE 0 END AS balance,
    CASE WHEN life = 'issued' AND rest < 0 THEN -rest ELSE 0 END AS overpaid,
    CASE WHEN life = 'written_off' AND rest > 0 THEN rest ELSE 0 END AS given_up,
    life = 'issued' AND rest > 0 AND rest < total AS partly,
    CASE WHEN life = 'issued' AND rest > 0 AND due < :asOf AND issued <= :asOf
      THEN CAST(julianday(:asOf) - julianday(due) AS INTEGER) ELSE 0 END AS late
  FROM lives`;
