import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contentDisposition, isText, servedType } from '../../shared/files/download.ts';
import { fileKey } from '../../shared/files/file-key.ts';

describe('the type that a file is served with', () => {
  it('is the stated one where nothing runs it', () => {
    for (const type of ['text/plain', 'application/pdf', 'image/png', 'text/csv']) {
      assert.equal(servedType(type), type);
    }
    assert.equal(servedType('Text/Plain; charset=utf-8'), 'text/plain');
  });

  it('is that of unknown bytes for what a browser would run, and for everything else', () => {
    const stated = [
      'text/html',
      'TEXT/HTML ; charset=utf-8',
      'application/xhtml+xml',
      'image/svg+xml',
      'image/svg',
      'text/xml',
      'application/xml',
      'text/javascript',
      'application/x-shockwave-flash',
      'multipart/related',
      'text/plain\r\nx-header: 1',
      'text/plain, text/html',
      '',
      '*/*',
    ];
    for (const type of stated) assert.equal(servedType(type), 'application/octet-stream', type);
  });

  it('tells text from other files', () => {
    assert.deepEqual(['text/csv', 'application/json', 'application/pdf', 'image/png'].map(isText), [
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the header that names a download', () => {
  it('keeps an ordinary name', () => {
    assert.equal(
      contentDisposition('Invoice 10707.pdf'),
      `attachment; filename="Invoice 10707.pdf"; filename*=UTF-8''Invoice%2010707.pdf`,
    );
    assert.equal(
      contentDisposition('Spaß (2).txt'),
      `attachment; filename="Spa_ (2).txt"; filename*=UTF-8''Spa%C3%9F%20%282%29.txt`,
    );
  });

  it('has no folders, no hidden or reordering characters, and never nothing', () => {
    const nameOf = (name: string) =>
      decodeURIComponent(/filename\*=UTF-8''(.*)$/.exec(contentDisposition(name))?.[1] ?? '');
    assert.equal(nameOf('../../etc/passwd'), '_.._etc_passwd');
    assert.equal(nameOf('C:\\Windows\\x.exe'), 'C__Windows_x.exe');
    assert.equal(nameOf('fdp.\u202egpj.exe'), 'fdp._gpj.exe');
    assert.equal(nameOf('a"; filename=b.html'), 'a_; filename=b.html');
    for (const empty of ['', '.', '..', ' . ']) assert.equal(nameOf(empty), 'attachment');
    assert.equal(nameOf(`${'x'.repeat(500)}.pdf`), `${'x'.repeat(116)}.pdf`);
  });

  it('is a header of one value for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const header = contentDisposition(name);
        assert.match(header, /^attachment; filename="[^"\\/]+"; filename\*=UTF-8''[\w.~%!#$&+^`|-]+$/);
        assert.match(header, /^[\x20-\x7e]+$/);
      }),
    );
  });
});

describe('the key of a file', () => {
  it('stays in its organization and is another one for every id', () => {
    const id = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
      fc.constantFrom('..', '../zeta/x', '/', '%2e%2e', 'a/b', '..\\', '\u0000', '.'),
    );
    fc.assert(
      fc.property(id, id, (one, other) => {
        fc.pre(one.isWellFormed() && other.isWellFormed());
        assert.match(fileKey('acme', one), /^acme\/[A-Za-z0-9_-]{1,900}$/);
        assert.equal(fileKey('acme', one) === fileKey('acme', other), one === other);
      }),
    );
  });

  it('is made for organizations alone', () => {
    for (const organization of ['', '..', 'acme/x', 'ACME', '*']) {
      assert.throws(() => fileKey(organization, 'a'), RangeError);
    }
  });
});
