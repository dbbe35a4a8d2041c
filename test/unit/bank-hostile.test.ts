import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { type StatementFamily, statementFamily, statementReaders } from '../../cli/import/bank/formats.ts';
import type { StatementPart } from '../../cli/import/bank/statement.ts';
import { inPieces, readParts, samples, sampleText } from '../support/bank-files.ts';
import { stringWork } from '../support/string-work.ts';

const runs = Number(process.env.RUNS ?? 200);

const families = Object.keys(samples) as StatementFamily[];

/** Every value that is not one of these is a text, a truth value, or made of such. */
const counts: ReadonlySet<string> = new Set(['line', 'column', 'refused', 'leftOut', 'batchCount']);

/** What a reader may yield, whatever its file: nothing but this is to be expected after it. */
function assertSound(parts: readonly StatementPart[], text: string): void {
  const lines = text.split(/\r\n?|\n/).length;
  let isWithin = false;
  for (const part of parts) {
    assert.ok(
      part.line >= 1 && part.line <= lines && part.column >= 1,
      `${part.line}:${part.column} of ${lines}`,
    );
    assert.ok(JSON.stringify(part).length < 2_000_000);
    if (part.part === 'beginning') assert.ok(!isWithin);
    if (part.part === 'entry' || part.part === 'end') assert.ok(isWithin);
    if (part.part === 'beginning') isWithin = true;
    if (part.part === 'end') isWithin = false;
    if (part.part === 'refusal' || part.part === 'warning') assert.match(part.message, /\.$/);
    assertTexts(part);
  }
  assert.ok(!isWithin);
  assert.ok(parts.length <= 10 + text.length);
}

function assertTexts(value: object): void {
  for (const [key, property] of Object.entries(value)) {
    if (key === 'amount') assert.match(property, /^(?!-0+(?:\.0+)?$)-?(?:0|[1-9]\d*)(?:\.\d+)?$/);
    if (/Date$|^date$|^from$|^to$/.test(key)) assert.match(property, /^\d{4}-\d\d-\d\d$/);
    if (counts.has(key)) assert.ok(Number.isSafeInteger(property));
    else if (typeof property === 'object') assertTexts(property);
    else assert.ok(typeof property === 'string' || typeof property === 'boolean', `${key}: ${property}`);
  }
}

/** Changes to a text, each at a share of its length. */
const change = fc.oneof(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), remove: fc.nat(200) }),
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), repeat: fc.nat(2_000) }),
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    insert: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.string({ unit: fc.constantFrom(...'<>/&;!?-[]"=:\n {}0123456789.,CDREN'), maxLength: 20 }),
      fc.constantFrom(
        '<',
        '</',
        '<!--',
        '<![CDATA[',
        ']]>',
        '<?',
        '&#0;',
        '&#x110000;',
        '\0',
        '\uD800',
        '\n:20:',
        '\n-',
        '\n:61:',
        '<STMTTRN>',
        '</OFX>',
        '<Ntry>',
        '</Stmt>',
        'xmlns="',
        '-',
        '0',
        '9999999999999999',
      ),
    ),
  }),
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cutOff: fc.constant(true) }),
);

type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

function changed(text: string, change: Change): string {
  const at = Math.floor(change.at * text.length);
  if ('remove' in change) return text.slice(0, at) + text.slice(at + change.remove);
  if ('repeat' in change) return text.slice(0, at + change.repeat) + text.slice(at);
  if ('insert' in change) return text.slice(0, at) + change.insert + text.slice(at);
  return text.slice(0, at);
}

for (const family of families) {
  test(`${family}: changed samples of every format are read or refused`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          {
            weight: 4,
            arbitrary: fc.constantFrom(...samples[family].map((name) => sampleText(family, name))),
          },
          fc.constantFrom(
            ...families.flatMap((other) => samples[other].map((name) => sampleText(other, name))),
          ),
        ),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 5_000 }),
        async (text, changes, length) => {
          const hostile = changes.reduce(changed, text);
          statementFamily(hostile);
          assertSound(await readParts(family, hostile, length), hostile);
        },
      ),
      { numRuns: runs },
    );
  });

  test(`${family}: the length of the pieces changes nothing`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples[family].map((name) => sampleText(family, name))),
        fc.array(change, { maxLength: 3 }),
        fc.integer({ min: 1, max: 50 }),
        async (text, changes, length) => {
          const hostile = changes.reduce(changed, text);
          // Where XML breaks is found a few characters earlier or later.
          const partsOf = async (length?: number) =>
            (await readParts(family, hostile, length)).map((part) =>
              part.part === 'refusal' ? part.message : part,
            );
          assert.deepEqual(await partsOf(length), await partsOf());
        },
      ),
      { numRuns: runs / 4 },
    );
  });

  test(`${family}: noise is refused`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 2_000 }), async (noise) => {
        statementFamily(noise);
        assertSound(await readParts(family, noise), noise);
      }),
      { numRuns: runs },
    );
  });
}

/** A text without end: how it begins, and what comes again and again. */
type Endless = [name: string, beginning: string, again: (at: number) => string];

const always = (text: string) => () => text;
const stmt = '<Document><BkToCstmrStmt><Stmt>';
const header = ':20:A\n:25:1\n:28C:1\n:60F:C260301EUR1,00\n';
const line = ':61:2603020302C1,00NTRFNONREF\n';
const list = '<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKTRANLIST>';
const long = 'x'.repeat(3_000);

const endless: Record<StatementFamily, Endless[]> = {
  camt: [
    ['a text', stmt, always(long)],
    ['a text of an entry', `${stmt}<Ntry><AddtlNtryInf>`, always(long)],
    ['a name', `${stmt}<`, always(long)],
    ['an attribute', `${stmt}<a b="`, always(long)],
    ['attributes', `${stmt}<a `, (at) => `a${at}="${long}" `],
    ['a comment', `${stmt}<!--`, always(long)],
    ['comments', stmt, always('<!-- -->')],
    ['character data', `${stmt}<![CDATA[`, always(long)],
    ['an entity', `${stmt}&`, always(long)],
    ['a document type', '<!DOCTYPE a [', always('<!ENTITY a "&b;&b;">')],
    ['depth', stmt, always('<a>')],
    ['head elements', stmt, (at) => `<e${at}>${long}</e${at}>`],
    ['accounts', stmt, always(`<Acct><Nm>${long}</Nm></Acct>`)],
    [
      'balances',
      stmt,
      always(
        '<Bal><Tp><CdOrPrtry><Cd>FWAV</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-01</Dt></Dt></Bal>',
      ),
    ],
    ['elements in an entry', `${stmt}<Ntry>`, always('<a>x</a>')],
    ['payments of a batch', `${stmt}<Ntry><NtryDtls>`, always(`<TxDtls><a>${long}</a></TxDtls>`)],
    ['statements', '<Document><BkToCstmrStmt>', always('<Stmt></Stmt>')],
    [
      'messages in groups',
      '<Document><BkToCstmrStmt>',
      always(`<GrpHdr><MsgPgntn><PgNb>${long}</PgNb></MsgPgntn></GrpHdr>`),
    ],
  ],
  mt940: [
    ['a line', '', always(long)],
    ['a field', `${header}:61:`, always(long)],
    ['lines before any field', '', always(`${long}\n`)],
    ['empty lines of a text', `${header}${line}:86:`, always('\n')],
    ['lines of a text', `${header}${line}:86:`, always(`${long}\n`)],
    ['blocks', '', always('{1:')],
    ['lines of blocks', '', always('{1:{4:\n')],
    ['headers', '', always(':20:A\n:25:1\n')],
    ['fields of the bank', ':20:A\n', (at) => `:${String(at % 90).padStart(2, '0')}X:${long}\n`],
    ['balances', header, always(':65:C260301EUR1,00\n')],
    ['refused balances', header, always(`:65:${long}\n`)],
    ['pages', header, always(':62M:C260301EUR1,00\n:20:A\n:25:1\n:60M:C260301EUR1,00\n')],
    ['German subfields', `${header}${line}:86:166`, always('?20x\n')],
    ['Dutch codes', `${header}${line}:86:`, always('/NAME//REMI/x')],
  ],
  ofx: [
    ['a text', '<OFX>', always(long)],
    ['a header', '', always('OFXHEADER:100 ')],
    ['a value', `${list}<STMTTRN><MEMO>`, always(long)],
    ['tags that do not begin', '<OFX>', always('<')],
    ['tags that do not end', '<OFX>', always('<a')],
    ['a name', '<OFX><', always(long)],
    ['a comment', '<OFX><!--', always(long)],
    ['comments that do not end', '<OFX>', always('<!--')],
    ['character data', `${list}<STMTTRN><MEMO><![CDATA[`, always(long)],
    ['character data that does not end', '<OFX>', always('<![CDATA[')],
    ['instructions', '', always('<?OFX VERSION="1"?>')],
    ['ampersands', `${list}<STMTTRN><MEMO>`, always('&#')],
    ['unknown elements', list, always('<a>')],
    ['end tags', list, always('</STMTTRN>')],
    ['transactions', list, always('<STMTTRN>')],
    ['values of a transaction', `${list}<STMTTRN>`, (at) => `<E${at}>${long}`],
    ['payees', `${list}<STMTTRN>`, (at) => `<PAYEE><E${at}>${long}`],
    ['balances', list, always('<LEDGERBAL><BALAMT>1<DTASOF>20260301')],
    ['statements', '<OFX><BANKMSGSRSV1>', always('<STMTTRNRS><STMTRS>')],
    [
      'trades',
      '<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><INVTRANLIST>',
      (at) => `<E${at}><BUYMF></BUYMF>`,
    ],
  ],
  plaid: [
    ['a text', '{"override_accounts": ["', always(long)],
    ['a number', '{"override_accounts": [', always('1'.repeat(3_000))],
    ['depth', '{"override_accounts": ', always('[')],
    ['accounts', '{"override_accounts": [', always('{"type": "credit"},')],
  ],
};

/** The beginning of an endless text, of about so many characters. */
function beginningOf([, beginning, again]: Endless, length: number): string {
  const parts = [beginning];
  for (let at = 0, size = beginning.length; size < length; at++) {
    const part = again(at);
    parts.push(part);
    size += part.length;
  }
  return parts.join('');
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** The megabytes that are in use when nearly all of a text was read, beyond those in use before. */
async function retained(family: StatementFamily, text: string): Promise<number> {
  const inUse = (): number => {
    collectGarbage();
    return process.memoryUsage().heapUsed / 1_048_576;
  };
  const before = inUse();
  let after = before;
  const pieces = async function* () {
    let left = text.length;
    for await (const piece of inPieces(text)) {
      left -= piece.length;
      yield piece;
      if (left <= 65_536 && after === before) after = inUse();
    }
  };
  for await (const _ of statementReaders[family](pieces()));
  return after - before;
}

for (const family of families) {
  describe(`${family} without end`, () => {
    for (const text of endless[family]) {
      test(text[0], async () => {
        const [short, large] = [beginningOf(text, 30_000), beginningOf(text, 120_000)];
        assertSound(await readParts(family, short), short);
        const work = async (text: string) => stringWork(() => readParts(family, text));
        const [little, much] = [await work(short), await work(large)];
        // Four times the text may be four times the work.
        assert.ok(
          much <= 6 * little + 4_000_000,
          `${little} for ${short.length}, ${much} for ${large.length}`,
        );
        assert.ok(much <= 60 * large.length, `${much} for ${large.length}`);
        // Objects take more than the text that they are made from.
        const isText = text[2](0).length > 1_000;
        const megabytes = await retained(family, beginningOf(text, isText ? 16_000_000 : 200_000));
        assert.ok(megabytes < 10, `${megabytes} MB are kept`);
      });
    }
  });
}
