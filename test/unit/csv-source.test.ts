import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readCsv } from '../../cli/import/csv-source.ts';
import { inspectTextFile } from '../../cli/import/text-file.ts';
import { Refusal } from '../../shared/ledger/errors.ts';
import { temporaryFiles } from '../support/import-files.ts';

const write = temporaryFiles();

async function rows(content: string | Buffer, style = {}) {
  const file = await inspectTextFile(write('file.csv', content));
  return Array.fromAsync(readCsv(file, { delimiter: ',', headerLine: 1, ...style }));
}
const cells = async (content: string | Buffer) =>
  (await rows(content)).map((row) => ('cells' in row ? row.cells : row.unreadable));

describe('encodings', () => {
  const text = 'name,city\nKöhler,Łódź\n';

  test('UTF-8 with and without a byte order mark is the same', async () => {
    const expected = [
      ['name', 'city'],
      ['Köhler', 'Łódź'],
    ];
    assert.deepEqual(await cells(text), expected);
    assert.deepEqual(await cells(`\uFEFF${text}`), expected);
  });

  test('what is not valid UTF-8 is read as Windows-1252, and said to be', async () => {
    const bytes = Buffer.from([0x4b, 0xf6, 0x68, 0x6c, 0x65, 0x72, 0x20, 0x80, 0x0a]);
    assert.equal((await inspectTextFile(write('a.csv', bytes))).encoding, 'windows-1252');
    assert.deepEqual(await cells(bytes), [['Köhler €']]);
  });

  test('a character that the end of the file cuts off makes it no UTF-8', async () => {
    assert.equal((await inspectTextFile(write('b.csv', Buffer.from([0x61, 0xc3])))).encoding, 'windows-1252');
  });

  test('characters that fall between two pieces of the file stay whole', async () => {
    const long = `${'ä'.repeat(400_000)}\n`;
    assert.deepEqual(await cells(`x${long}`), [[`x${long.trim()}`]]);
  });
});

describe('files that are no text', () => {
  const cases: [string, string | Buffer, RegExp][] = [
    ['empty.csv', '', /^".*empty\.csv" is empty\.$/],
    ['blank.csv', '\uFEFF \n\n', /contains only whitespace/],
    [
      'book.xlsx',
      Buffer.from('PK\u0003\u0004rest', 'latin1'),
      /spreadsheet or a ZIP archive: save the sheet as CSV/,
    ],
    ['old.xls', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1]), /Excel workbook/],
    ['paper.pdf', '%PDF-1.7', /PDF/],
    ['wide.csv', Buffer.from('\uFEFFa,b\n', 'utf16le'), /UTF-16/],
    ['data.bin', Buffer.from([0x61, 0x00, 0x62]), /is not a text file/],
  ];
  for (const [name, content, sentence] of cases) {
    test(name, async () => {
      await assert.rejects(inspectTextFile(write(name, content)), (error) => {
        assert(error instanceof Refusal);
        assert.match(error.message, sentence);
        return true;
      });
    });
  }

  test('a missing file and a folder', async () => {
    await assert.rejects(inspectTextFile('/nowhere/at-all.csv'), /There is no file "\/nowhere\/at-all\.csv"/);
    await assert.rejects(inspectTextFile('.'), /is not a regular file/);
  });
});

describe('rows', () => {
  test('each is told with the line on which it begins, also after line breaks in quotes and empty lines', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const text = ['a,b', '1,"x', 'y', 'z"', '', '', '2,w', '3,"u', 'v"'].join(end);
      assert.deepEqual(
        await rows(text),
        [
          { line: 1, cells: ['a', 'b'] },
          { line: 2, cells: ['1', 'x\ny\nz'] },
          { line: 7, cells: ['2', 'w'] },
          { line: 8, cells: ['3', 'u\nv'] },
        ],
        JSON.stringify(end),
      );
    }
  });

  test('doubled quotes, quotes within a cell and blanks around cells', async () => {
    assert.deepEqual(await cells('a, b ,"say ""yes"""\n5" disk,"q"z, \n'), [
      ['a', 'b', 'say "yes"'],
      ['5" disk', '"q"z', ''],
    ]);
  });

  test('other delimiters, and a header below other lines', async () => {
    assert.deepEqual(await rows('Report\n\nfoo;bar\n1;2,5\n', { delimiter: ';', headerLine: 3 }), [
      { line: 3, cells: ['foo', 'bar'] },
      { line: 4, cells: ['1', '2,5'] },
    ]);
  });

  test('a quote that is never closed ends the file, after the rows before it', async () => {
    const read = await rows('a,b\n1,2\n3,"4\n5,6\n');
    assert.deepEqual(read.slice(0, 2), [
      { line: 1, cells: ['a', 'b'] },
      { line: 2, cells: ['1', '2'] },
    ]);
    assert.deepEqual(read[2], {
      line: 3,
      unreadable: 'A quote that opens after line 2 is never closed: the rest of the file cannot be read.',
    });
  });

  test('whatever cells are written by the book, they are read back with their line', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'ß', '漢', ',', '"', '\n', ' ', '.') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 3 }), { minLength: 1 }),
        async (table) => {
          const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','));
          let line = 1;
          const expected = table.map((row, at) => {
            const begins = line;
            line += (text[at] ?? '').split('\n').length;
            return { line: begins, cells: row.map((one) => one.trim()) };
          });
          assert.deepEqual(await rows(text.join('\n')), expected);
        },
      ),
      { numRuns: 50 },
    );
  });
});
