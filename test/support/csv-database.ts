import { readFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { parse } from 'csv-parse/sync';

/*
 * CSV files as plain tables in SQLite, to recount figures by SQL alone: in integers, and without a line of the
 * ledger's own code.
 */

export type Row = Record<string, string | number | null>;

export class CsvDatabase {
  protected readonly database = new DatabaseSync(':memory:');

  constructor() {
    this.database.function('hundredths', { deterministic: true }, (decimal) =>
      // A BigInt becomes an INTEGER; a number would become a REAL, and every division after it inexact.
      BigInt(hundredths(String(decimal))),
    );
  }

  /** Adds a table with the file's columns and rows, every value the text that the file has. */
  addCsv(file: string | URL, table: string): this {
    const [header = [], ...rows] = parse(readFileSync(file, 'utf8'));
    this.database.exec(`CREATE TABLE ${table} (${header.map((column) => `"${column}" TEXT`).join()})`);
    const insert = this.database.prepare(`INSERT INTO ${table} VALUES (${header.map(() => '?').join()})`);
    for (const row of rows) insert.run(...row);
    return this;
  }

  /** Runs statements that answer nothing; `hundredths(text)` in them is a decimal as an integer. */
  execute(sql: string): this {
    this.database.exec(sql);
    return this;
  }

  /** The rows of a query; `:name` in it stands for the parameter. */
  all(sql: string, parameters: Record<string, SQLInputValue> = {}): Row[] {
    return this.database
      .prepare(sql)
      .all(parameters)
      .map((row) => ({ ...row }) as Row);
  }

  /** The only row of a query. */
  one(sql: string, parameters: Record<string, SQLInputValue> = {}): Row {
    const [row, ...others] = this.all(sql, parameters);
    if (!row || others.length > 0) throw new Error('Expected one row.');
    return row;
  }

  close(): void {
    this.database.close();
  }
}

/** A decimal with at most two digits after the point, as an integer: "-12.5" is -1250. */
function hundredths(decimal: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(decimal);
  if (!match) throw new Error(`${decimal} has no two decimals.`);
  const [, sign, whole = '', fraction = ''] = match;
  return Number(`${sign}${whole}${fraction.padEnd(2, '0')}`);
}
