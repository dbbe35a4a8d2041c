import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { dateReader } from '../../cli/import/date-format.ts';
import { addDays, daysBetween } from '../../shared/ledger/dates.ts';
import { Refusal } from '../../shared/ledger/errors.ts';

test('dates are read as the format says', () => {
  const cases = [
    ['yyyy-MM-dd', '2021-03-04', '2021-03-04'],
    ['dd/MM/yyyy', '03/04/2020', '2020-04-03'],
    ['MM/dd/yyyy', '03/04/2020', '2020-03-04'],
    ['M/d/yyyy', '3/4/2020', '2020-03-04'],
    ['dd/MM/yyyy', '3/4/2020', '2020-04-03'],
    ['dd.MM.yy', '01.02.20', '2020-02-01'],
    ['dd-MMM-yy', '05-Sep-21', '2021-09-05'],
    ['dd-MMM-yy', '05-SEPT-21', '2021-09-05'],
    ['d MMM yyyy', '5 september 2021', '2021-09-05'],
    ['MMM d, yyyy', 'May 31, 2024', '2024-05-31'],
    ['yyyyMMdd', '20240229', '2024-02-29'],
    ['yy-MM-dd', '68-01-01', '2068-01-01'],
    ['yy-MM-dd', '69-01-01', '1969-01-01'],
  ];
  for (const [format = '', text = '', day] of cases)
    assert.equal(dateReader(format)(text), day, `${text} as ${format}`);
});

test('month names are read in the language that is told, long and short, with and without a point', () => {
  const cases = [
    ['de', 'd. MMMM yyyy', '31. März 2026', '2026-03-31'],
    ['de', 'd. MMM yyyy', '5. Okt. 2021', '2021-10-05'],
    ['de-AT', 'd. MMMM yyyy', '1. Jänner 2026', '2026-01-01'],
    ['fr', 'd MMM yyyy', '5 janv. 2021', '2021-01-05'],
    ['fr', 'd MMMM yyyy', '14 AOÛT 2021', '2021-08-14'],
    ['fr', 'd MMMM yyyy', '14 ao\u0075\u0302t 2021', '2021-08-14'],
    ['pl', 'd MMMM yyyy', '3 maja 2024', '2024-05-03'],
    ['pl', 'd MMMM yyyy', '3 maj 2024', '2024-05-03'],
    ['ru', 'd MMMM yyyy', '9 мая 2024', '2024-05-09'],
    ['en-GB', 'd MMM yyyy', '5 Sept 2021', '2021-09-05'],
  ];
  for (const [monthNames = '', format = '', text = '', day = ''] of cases) {
    assert.equal(dateReader({ format, monthNames })(text), day, text);
  }
  assert.throws(
    () => dateReader({ format: 'd. MMMM yyyy', monthNames: 'de' })('31. March 2026'),
    /is not a day/,
  );
  assert.throws(
    () => dateReader({ format: 'dd.MM.yyyy', monthNames: 'de' }),
    /"monthNames" applies only to formats with MMM/,
  );
});

test('seconds since 1970 are the day in a time zone, which is UTC unless told', () => {
  const cases = [
    [undefined, '1767225600', '2026-01-01'],
    [undefined, '1767225599', '2025-12-31'],
    [undefined, '1767225599.999', '2025-12-31'],
    [undefined, '0', '1970-01-01'],
    ['Europe/Zurich', '1767225599', '2026-01-01'],
    ['America/New_York', '1767225600', '2025-12-31'],
  ] as const;
  for (const [timeZone, text, day] of cases) {
    assert.equal(dateReader({ format: 'unix', ...(timeZone && { timeZone }) })(text), day, text);
  }
  for (const text of ['2026-01-01', '1767225600000', '-1', '1e9', '']) {
    assert.throws(() => dateReader('unix')(text), /not a day in the format unix/, text);
  }
  assert.throws(
    () => dateReader({ format: 'dd/MM/yyyy', timeZone: 'UTC' }),
    /"timeZone" applies only to the format/,
  );
});

test('the days that spreadsheets count are read, but for the one that never was', () => {
  const cases = [
    ['1', '1900-01-01'],
    ['59', '1900-02-28'],
    ['61', '1900-03-01'],
    ['25569', '1970-01-01'],
    ['45322', '2024-01-31'],
    ['45322.75', '2024-01-31'],
  ] as const;
  for (const [text, day] of cases) assert.equal(dateReader('excel')(text), day, text);
  for (const text of ['0', '60', '-1', '2024-01-31', '999999', '']) {
    assert.throws(() => dateReader('excel')(text), /not a day in the format excel/, text);
  }
});

test('a time of day after the date is passed over', () => {
  const read = dateReader('yyyy-MM-dd');
  for (const time of [
    'T14:45:34Z',
    ' 14:45',
    ' 14:45:34.083 UTC',
    'T23:59:59.999+02:00',
    ' 2:45 PM',
    ', 2:45:01 a.m.',
  ]) {
    assert.equal(read(`2020-04-26${time}`), '2020-04-26', time);
  }
});

test('what is no day in the format is refused, with what it would be in others', () => {
  const refused = [
    [
      'dd/MM/yyyy',
      '03/14/2020',
      /not a day in the format dd\/MM\/yyyy \(it would be 2020-03-14 in the format MM\/dd\/yyyy\)/,
    ],
    [
      'yyyy-MM-dd',
      '03/04/2020',
      /2020-04-03 in the format dd\/MM\/yyyy, or 2020-03-04 in the format MM\/dd\/yyyy/,
    ],
    ['dd/MM/yyyy', '31/02/2020', /^"31\/02\/2020" is not a day in the format dd\/MM\/yyyy\.$/],
    ['yyyy-MM-dd', '2020-02-30', /is not a day/],
    ['yyyy-MM-dd', '2020-01-01x', /is not a day/],
    ['yyyy-MM-dd', 'x2020-01-01', /is not a day/],
    ['yyyy-MM-dd', '', /is not a day/],
    ['dd/MM/yyyy', '01/02/20', /is not a day/],
    ['yyyyMMdd', '2020112', /is not a day/],
    ['dd.MM.yyyy', '01x02x2020', /is not a day/],
    ['dd/MM/yyyy', '45322', /2024-01-31 in the format excel/],
    ['dd/MM/yyyy', '1767225600', /2026-01-01 in the format unix/],
    ['dd-MMM-yy', '05-Maj-21', /is not a day/],
  ] as const;
  for (const [format, text, sentence] of refused) {
    assert.throws(
      () => dateReader(format)(text),
      (error) => {
        assert(error instanceof Refusal);
        assert.match(error.message, sentence);
        return true;
      },
    );
  }
});

test('a format must name a year, a month and a day, each once', () => {
  for (const format of [
    'MM/yyyy',
    'dd/mm/yyyy',
    'dd/MM/yyyy/dd',
    'day',
    '',
    'DD/MM/YYYY',
    'yyyy-MM-dd HH:mm',
  ]) {
    assert.throws(() => dateReader(format), /is not a date format: expected a year \(yyyy or yy\)/, format);
  }
});

test('every day that is written in a format is read back, and never as another', () => {
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const writers: Record<string, (year: string, month: string, date: string) => string> = {
    'dd/MM/yyyy': (year, month, date) => `${date}/${month}/${year}`,
    'MM/dd/yyyy': (year, month, date) => `${month}/${date}/${year}`,
    yyyyMMdd: (year, month, date) => `${year}${month}${date}`,
    'dd-MMM-yyyy': (year, month, date) => `${date}-${months[Number(month) - 1]}-${year}`,
    excel: (year, month, date) => {
      const count = daysBetween('1899-12-31', `${year}-${month}-${date}`);
      return String(count < 60 ? count : count + 1);
    },
  };
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(writers)), fc.nat(109_000), (format, days) => {
      const day = addDays('1900-01-01', days);
      const [year = '', month = '', date = ''] = day.split('-');
      assert.equal(dateReader(format)(writers[format]?.(year, month, date) ?? ''), day);
    }),
  );
});
