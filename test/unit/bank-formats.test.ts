import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recognizedWithin, statementFamily } from '../../cli/import/bank/formats.ts';

test('formats are recognized by what they must have', () => {
  const cases: [string, string | undefined][] = [
    ['<?xml version="1.0"?><Document><BkToCstmrStmt>', 'camt'],
    ['\uFEFF\n <c:Document xmlns:c="x"><c:BkToCstmrAcctRpt>', 'camt'],
    ['<Envelope><Document><BkToCstmrDbtCdtNtfctn>', 'camt'],
    ['<Document><CstmrCdtTrfInitn>', undefined],
    ['the text <BkToCstmrStmt> of a letter', undefined],
    ['OFXHEADER:100\nDATA:OFXSGML\n\n<OFX>', 'ofx'],
    ['OFXHEADER:100DATA:OFXSGMLVERSION:102<ofx>', 'ofx'],
    ['<?xml version="1.0"?>\n<?OFX OFXHEADER="200"?>\n<OFX>', 'ofx'],
    ['\n\n<OFX>', 'ofx'],
    ['<html>', undefined],
    [':20:A\n:25:1\n:28C:1\n', 'mt940'],
    ['BANK\n940\n:20:A\n:21:B\n:25P:1\nBIC\n:28:1\n', 'mt940'],
    ['{1:F01X}{2:O940X}{4:\n:20:A\n:25:1\n:28C:1\n', 'mt940'],
    ['{1:F01X}{2:O940X}{4::20:A\n:25:1\n:28C:1\n', 'mt940'],
    [':20:A\n:28C:1\n:25:1\n', undefined],
    ['a:20:A\n:25:1\n:28C:1\n', undefined],
    ['Date,Amount\n2026-03-02,5\n', undefined],
    ['{"kind": "invoice"}\n', undefined],
    ['{\n  "override_accounts": [{"type": "credit"}]}', 'plaid'],
    ['{"kind": "customer", "name": "\\"override_accounts\\": ["}', undefined],
    ['', undefined],
  ];
  for (const [text, family] of cases) assert.equal(statementFamily(text), family, text);
});

test('only the beginning of a file decides', () => {
  assert.equal(statementFamily(`${'\n'.repeat(recognizedWithin)}<OFX>`), undefined);
});
