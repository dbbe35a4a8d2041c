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

  /**
   * Tables `bills`, `bill_lines`, `bill_payments` and `bill_credits`: bills for goods by the rules of docs/demo.md from
   * Northwind's CSV files; of contracts, as the demo's records have them. Then `contracts`, `schedule`, and `bank`, whose
   * booked rows follow from payments, bill payments and expenses. Needs the tables of `addNorthwind` and `addDerived`.
   */
  addPayables(records: readonly LedgerRecord[]): this {
    this.addCsv(new URL('northwind/Suppliers.csv', data), 'raw_suppliers');
    this.database.exec(`
      CREATE TABLE suppliers AS
        SELECT SupplierID AS id, CAST(SupplierID AS INTEGER) AS number, CompanyName AS name, trim(Country) AS country
        FROM raw_suppliers;
      CREATE TABLE bought AS
        SELECT p.SupplierID AS supplier, p.ProductID AS product, p.CategoryID AS category, o.day,
          (hundredths(p.UnitPrice) * 25 + 50) / 100 * CAST(d.Quantity AS INTEGER) AS amount
        FROM raw_details d JOIN raw_products p USING (ProductID) JOIN orders o USING (OrderID)
        WHERE o.day >= '1997-05';
      CREATE TABLE purchased AS
        SELECT supplier, substr(day, 1, 7) AS month, max(day) AS day, sum(amount) AS total,
          min(category) AS least, max(category) AS most,
          row_number() OVER (ORDER BY max(day), CAST(supplier AS INTEGER)) AS position
        FROM bought GROUP BY supplier, substr(day, 1, 7);
      CREATE TABLE bill_lines AS
        SELECT p.position, CAST(b.product AS INTEGER) AS product, sum(b.amount) AS amount
        FROM purchased p JOIN bought b ON b.supplier = p.supplier AND substr(b.day, 1, 7) = p.month
        GROUP BY p.position, b.product;
      CREATE TABLE dated AS
        SELECT p.*, date(p.day, (SELECT CAST(julianday(${mondayOf('(SELECT day FROM today)')})
            - julianday(${mondayOf('max(day)')}) AS INTEGER) FROM orders) || ' days') AS issued,
          s.number, s.country,
          CASE s.number % 3 WHEN 0 THEN 30 WHEN 1 THEN 14 ELSE 45 END AS terms,
          CASE s.number % 5 WHEN 1 THEN -2 WHEN 3 THEN 6 WHEN 4 THEN 1 ELSE 0 END AS late,
          CASE WHEN position % 41 = 0 THEN 'void' WHEN position % 17 = 0 THEN 'disputed'
            WHEN position % 29 = 0 THEN 'credited' WHEN position % 13 = 0 THEN 'advance' ELSE 'paid' END AS course
        FROM purchased p JOIN suppliers s ON s.id = p.supplier;
      CREATE TABLE bills AS
        SELECT 'B-' || position AS id, supplier, iif(country = 'Germany', 'EUR', 'USD') AS currency,
          CASE WHEN day = (SELECT max(day) FROM orders) THEN 'draft' WHEN course = 'void' THEN 'void'
            ELSE 'issued' END AS lifecycle,
          issued, date(issued, terms || ' days') AS due, total,
          CASE WHEN least = most THEN 'goods-' || least WHEN least = '1' THEN 'goods' ELSE 'food' END AS cost_group,
          CASE WHEN country IN ('Sweden', 'Norway', 'Denmark', 'Finland') THEN 'nordic-range'
            WHEN country IN ('Japan', 'Australia', 'Singapore') THEN 'pacific-range' END AS project
        FROM dated;
      CREATE TABLE first_lines AS
        SELECT position, amount FROM bill_lines l
        WHERE product = (SELECT min(product) FROM bill_lines m WHERE m.position = l.position);
      CREATE TABLE settled AS
        SELECT b.id, b.supplier, b.currency, b.issued, date(b.due, d.late || ' days') AS day, b.total, d.course, f.amount AS first
        FROM dated d JOIN bills b ON b.id = 'B-' || d.position JOIN first_lines f USING (position)
        WHERE b.lifecycle = 'issued';
      CREATE TABLE bill_credits AS
        SELECT id AS bill, currency, date(issued, '7 days') AS day, first AS amount FROM settled
        WHERE course = 'credited' AND date(issued, '7 days') <= (SELECT day FROM today);
      CREATE TABLE bill_payments AS
        SELECT * FROM (
          SELECT id AS bill, supplier, currency, day, total AS amount FROM settled WHERE course = 'paid'
          UNION ALL SELECT id, supplier, currency, day, total - first FROM settled WHERE course = 'credited' AND total > first
          UNION ALL SELECT id, supplier, currency, issued, total / 2 FROM settled WHERE course = 'advance'
          UNION ALL SELECT id, supplier, currency, day, total - total / 2 FROM settled WHERE course = 'advance')
        WHERE day <= (SELECT day FROM today);
      CREATE TABLE contracts (id TEXT, direction TEXT, currency TEXT, status TEXT, end TEXT, notice INTEGER, renews INTEGER);
      CREATE TABLE schedule (id TEXT, contract TEXT, due TEXT, amount INTEGER, document TEXT, paid TEXT);
      CREATE TABLE recurring (bill TEXT);
      CREATE TABLE tree (id TEXT, parent TEXT);
    `);
    const insert = (table: string, ...values: SQLInputValue[]) =>
      this.database.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join()})`).run(...values);
    for (const record of records) {
      if (record.kind === 'supplier' && Number.isNaN(Number(record.id))) {
        insert('suppliers', record.id, null, record.name, null);
      } else if (record.kind === 'cost_group') {
        insert('tree', record.id, record.parentId ?? null);
      } else if (record.kind === 'contract') {
        const { id, direction, currency, status, end = null, noticeDays = null, autoRenews = false } = record;
        insert('contracts', id, direction, currency, status, end, noticeDays, Number(autoRenews));
      } else if (record.kind === 'schedule_line') {
        const { id, contractId, due, amount, invoiceId, billId, transactionId } = record;
        insert('schedule', id, contractId, due, amount, invoiceId ?? billId ?? null, transactionId ?? null);
      } else if (record.kind === 'bill' && record.contractId !== undefined) {
        const { id, supplierId = null, currency, lifecycle, issued, due = null, total } = record;
        const { costGroupId = null, projectId = null } = record;
        insert('bills', id, supplierId, currency, lifecycle, issued, due, total, costGroupId, projectId);
        if (['accounting-software', 'market-data', 'customs-portal', 'courier'].includes(record.contractId)) {
          insert('recurring', id);
        }
      } else if (record.kind === 'bill_payment' && !record.billId?.startsWith('B-')) {
        const { billId = null, supplierId = null, currency, date, amount } = record;
        insert('bill_payments', billId, supplierId, currency, date, amount);
      }
    }
    this.database.exec(`
      CREATE TABLE bank_days AS
        SELECT 'USD' AS currency, 'operating' AS account, 35000000 AS opening, date(monday, '-392 days') AS first, day AS last
        FROM (SELECT day, ${mondayOf('day')} AS monday FROM today)
        UNION ALL SELECT 'EUR', 'euro', 500000, date(monday, '-392 days'), date(monday, '-7 days')
        FROM (SELECT ${mondayOf('day')} AS monday FROM today);
      CREATE TABLE month_ends AS
        WITH RECURSIVE ends (day) AS (
          SELECT date(min(first), 'start of month', '1 month', '-1 day') FROM bank_days
          UNION ALL SELECT date(day, 'start of month', '2 months', '-1 day') FROM ends WHERE day < '2200')
        SELECT day FROM ends WHERE day <= (SELECT day FROM today);
      CREATE TABLE bank AS
        SELECT d.account, m.* FROM (
          SELECT 'USD' AS currency, day, amount, c.name AS counterparty,
            iif(amount < 0, 'Refunds', 'Customers') AS category, 0 AS recurring, 0 AS transfer, 1 AS matched
          FROM payments JOIN customers c ON c.id = customer
          UNION ALL SELECT p.currency, p.day, -p.amount, s.name, CASE
              WHEN p.bill LIKE 'B-%' THEN 'Goods' WHEN p.bill LIKE 'warehouse-rent%' THEN 'Rent'
              WHEN p.bill LIKE 'courier%' THEN 'Shipping' WHEN p.bill LIKE 'trade-fair%' THEN 'Marketing'
              ELSE 'Software' END, p.bill IN (SELECT bill FROM recurring), 0, 1
          FROM bill_payments p JOIN suppliers s ON s.id = p.supplier
          UNION ALL SELECT 'USD', day, -sum(amount), NULL, 'Expenses', 0, 0, 1 FROM expenses GROUP BY day
          UNION ALL SELECT 'USD', day, -1800, NULL, 'Bank fees', 0, 0, 0 FROM month_ends
          UNION ALL SELECT 'USD', day, 3125, 'Puget Sound Bank', 'Interest', 1, 0, 0 FROM month_ends
          UNION ALL SELECT 'EUR', day, -490, NULL, 'Bank fees', 0, 0, 0 FROM month_ends
          UNION ALL SELECT t.currency, date(first, (weeks * 7) || ' days'), t.amount, NULL, NULL, 0, 1, 0
          FROM (SELECT 'USD' AS currency, -660000 AS amount UNION ALL SELECT 'EUR', 600000) t
            JOIN bank_days USING (currency)
            JOIN (SELECT 0 AS weeks UNION SELECT 13 UNION SELECT 26 UNION SELECT 39 UNION SELECT 52)
        ) m JOIN bank_days d ON d.currency = m.currency AND m.day BETWEEN d.first AND d.last;
    `);
    return this;
  }

  /** A view `attributed` of the expenses, each with what follows from its id, as a test attributes them. */
  addAttributed(costGroupIds: readonly string[]): this {
    this.database.exec(`
      CREATE VIEW attributed AS
        SELECT id, amount, day, CASE WHEN id % 5 <> 0 THEN CAST(1 + id % 31 AS TEXT) END AS supplierId,
          CASE id % 3 WHEN 1 THEN 'nordic-range' WHEN 2 THEN 'pacific-range' END AS projectId,
          CASE id % 7 ${costGroupIds.map((id, at) => `WHEN ${at} THEN '${id}'`).join(' ')} END AS costGroupId
        FROM expenses;
    `);
    return this;
  }

  /**
   * Turns the tables: what is owed to suppliers in a currency is in those of what customers owe, so that the same
   * queries recount it. Needs those of `addPayables`.
   */
  turnToPayables(currency: string): this {
    this.database.exec(`
      DROP TABLE invoices; DROP TABLE lifecycles; DROP TABLE customers; DROP TABLE payments; DROP TABLE settlements;
      DROP TABLE credits; DROP TABLE applied;
      CREATE TABLE invoices AS
        SELECT id, supplier AS customer, issued, due, total, 0 AS tax FROM bills WHERE currency = '${currency}';
      CREATE TABLE lifecycles AS SELECT id AS invoice, lifecycle, NULL AS written_off, 0 AS viewed FROM bills;
      CREATE TABLE customers AS SELECT id, name FROM suppliers;
      CREATE TABLE payments AS
        SELECT bill AS invoice, supplier AS customer, day, amount FROM bill_payments WHERE currency = '${currency}';
      CREATE TABLE settlements AS
        SELECT invoice, day, amount FROM payments UNION ALL
        SELECT bill, day, amount FROM bill_credits WHERE currency = '${currency}';
      CREATE INDEX settlements_of_bills ON settlements (invoice);
      CREATE TABLE credits (id TEXT, day TEXT, total INTEGER, tax INTEGER);
      CREATE TABLE applied (credit TEXT, day TEXT, amount INTEGER);
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

/**
 * Each payment of what comes weekly, every two weeks or monthly in the 115 days until `:until`, without being marked: at
 * least three of one counterparty, account and direction, with amounts within 5 % of the median or one change of price.
 */
export const patternPayments = `
  WITH near AS (
    SELECT counterparty, account, currency, amount, day, amount < 0 AS out,
      count(*) OVER same AS n,
      julianday(day) - julianday(lag(day) OVER by_day) AS gap,
      coalesce(amount <> lag(amount) OVER by_day, 0) AS changed,
      row_number() OVER (same ORDER BY amount) AS place
    FROM bank
    WHERE NOT recurring AND NOT transfer AND counterparty IS NOT NULL AND day BETWEEN date(:until, '-115 days') AND :until
    WINDOW same AS (PARTITION BY counterparty, account, currency, amount < 0), by_day AS (same ORDER BY day)),
  medians AS (
    SELECT counterparty, account, currency, out, avg(amount) AS median FROM near
    WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY 1, 2, 3, 4),
  streams AS (
    SELECT counterparty, account, currency, out FROM near JOIN medians USING (counterparty, account, currency, out)
    GROUP BY 1, 2, 3, 4
    HAVING count(*) >= 3
      AND (sum(changed) <= 1 OR max(abs(amount - median)) * 20 <= abs(max(median)))
      AND (min(gap) BETWEEN 4 AND 10 AND max(gap) <= 10 AND abs(sum(gap) - 7 * count(gap)) <= 3
        OR min(gap) BETWEEN 11 AND 17 AND max(gap) <= 17 AND abs(sum(gap) - 14 * count(gap)) <= 3
        OR min(gap) BETWEEN 25 AND 34 AND max(gap) <= 34
          AND sum(gap) BETWEEN 28 * count(gap) - 3 AND 31 * count(gap) + 3))
  SELECT near.* FROM near JOIN streams USING (counterparty, account, currency, out)`;

/** The invoices of which something was left to pay on the day `:asOf`. */
export const open = `SELECT * FROM (${standings}) WHERE balance > 0 AND issued <= :asOf`;

/** A fraction with one decimal, rounded half away from zero. */
export const tenths = (numerator: string, denominator: string): string =>
  `CASE WHEN ${denominator} > 0 THEN printf('%s%d.%d',
    CASE WHEN ${numerator} < 0 AND (-(${numerator}) * 20 + ${denominator}) / (2 * ${denominator}) > 0 THEN '-' ELSE '' END,
    (abs(${numerator}) * 20 + ${denominator}) / (2 * ${denominator}) / 10,
    (abs(${numerator}) * 20 + ${denominator}) / (2 * ${denominator}) % 10) END`;

/** Invoices that were paid on the day \`:asOf\`, since a day from \`:start\` on. */
export const settled = `
  SELECT *, CAST(julianday(paid) - julianday(issued) AS INTEGER) AS toPay,
    CAST(julianday(paid) - julianday(due) AS INTEGER) AS days
  FROM (SELECT p.*,
      (SELECT min(s.day) FROM settlements s WHERE s.invoice = p.id AND s.day <= :asOf AND NOT EXISTS (
        SELECT 1 FROM settlements l WHERE l.invoice = p.id AND l.day BETWEEN s.day AND :asOf
          AND p.total > (SELECT sum(x.amount) FROM settlements x WHERE x.invoice = p.id AND x.day <= l.day))) AS paid
    FROM (${standings}) p WHERE status = 'paid' AND issued <= :asOf AND total > 0)
  WHERE paid >= :start`;

/** What was issued from `:start` to `:asOf`. */
export const sales = `SELECT * FROM (${standings}) WHERE status NOT IN ('draft', 'void') AND issued BETWEEN :start AND :asOf`;

/** Months of the window from the newest back, with what was issued in each and in all from it on. */
export const backwards = `
  WITH RECURSIVE months (month, days) AS (
    SELECT substr(:asOf, 1, 7), CAST(substr(:asOf, 9) AS INTEGER)
    UNION ALL
    SELECT strftime('%Y-%m', month || '-01', '-1 month'), CAST(strftime('%d', month || '-01', '-1 day') AS INTEGER)
    FROM months WHERE month > substr(:start, 1, 7)),
  sold AS (SELECT month, days, (SELECT coalesce(sum(total), 0) FROM (${sales}) WHERE substr(issued, 1, 7) = month) AS issued
    FROM months)
  SELECT *, sum(issued) OVER back AS upTo, sum(days) OVER back - days AS wholeDays
  FROM sold WINDOW back AS (ORDER BY month DESC)`;

/** The bills as they stood on the day `:asOf`: the same rules, on the side that pays. */
export const billStandings = `
  WITH lives AS (
    SELECT b.*, b.total
      - coalesce((SELECT sum(p.amount) FROM bill_payments p WHERE p.bill = b.id AND p.day <= :asOf), 0)
      - coalesce((SELECT sum(c.amount) FROM bill_credits c WHERE c.bill = b.id AND c.day <= :asOf), 0) AS rest
    FROM bills b
  )
  SELECT *,
    CASE
      WHEN lifecycle <> 'issued' THEN lifecycle
      WHEN rest <= 0 THEN 'paid'
      WHEN due < :asOf AND issued <= :asOf THEN 'overdue'
      WHEN rest < total THEN 'partial'
      ELSE 'unpaid'
    END AS status,
    iif(lifecycle = 'issued' AND rest > 0, rest, 0) AS balance,
    lifecycle = 'issued' AND rest > 0 AND rest < total AS partly,
    iif(lifecycle = 'issued' AND rest > 0 AND due < :asOf AND issued <= :asOf,
      CAST(julianday(:asOf) - julianday(due) AS INTEGER), 0) AS late
  FROM lives`;
