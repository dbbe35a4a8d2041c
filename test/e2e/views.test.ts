import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CallToolResult } from '@modelcontextprotocol/client';
import { type ViewName, viewedTools, viewNames } from '../../functions/mcp/view.ts';
import { questions } from '../../local/view-host/questions.ts';
import { type Frame, inBrowser, openChromium, until } from '../support/browser.ts';
import { callTool } from '../support/call-tool.ts';
import { startLocalEdition } from '../support/local-edition.ts';
import { machineToken } from '../support/machine-token.ts';
import { type Harness, openHarness, viewNamed } from '../support/view-harness.ts';

/*
 * The views in a real browser and in a host that is made of the official one's parts, with what the tools really answer.
 * What they look like is in `.screenshots` afterwards.
 */

const screenshots = join(import.meta.dirname, '../../.screenshots');

interface Call {
  readonly tool: string;
  readonly args: Record<string, unknown>;
  readonly result: CallToolResult;
}

type Fields = Record<string, unknown>;

/** The view that shows a tool's answers. */
const viewOf = (tool: string): ViewName =>
  viewNames.find((name) => (viewedTools[name].tools as readonly string[]).includes(tool))!;

const resultOf = (structuredContent: Fields): CallToolResult => ({ content: [], structuredContent });

const heightOf = (view: Frame): Promise<number> =>
  view.evaluate('document.documentElement.getBoundingClientRect().height');
const textOf = async (view: Frame): Promise<string> =>
  (await view.locator('main').textContent())?.replace(/\s+/g, ' ') ?? '';

const edition = inBrowser.skip === false ? await startLocalEdition() : undefined;

describe('the views', inBrowser, () => {
  const browser = openChromium();
  let harness: Harness;
  const calls = new Map<string, Call>();
  const answerTo = (words: string): Call => {
    const call = calls.get(words);
    assert.ok(call, words);
    return call;
  };
  const contentOf = (words: string) => answerTo(words).result.structuredContent as Record<string, Fields[]>;

  before(async () => {
    const mcpUrl = `${edition?.url}/mcp`;
    const token = await machineToken(mcpUrl, 'northwind');
    for (const { words, name, args } of questions) {
      const result = (await callTool(mcpUrl, token, name, args)) as CallToolResult;
      assert.notEqual(result.isError, true, JSON.stringify(result.content));
      calls.set(words, { tool: name, args, result });
    }
    harness = await openHarness(browser);
    await mkdir(screenshots, { recursive: true });
  });
  after(() => harness?.close());

  describe('with real answers', () => {
    it('are tried with every tool that has one', () => {
      const asked = new Set([...calls.values()].map(({ tool }) => tool));
      const viewed: readonly string[] = viewNames.flatMap((name) => viewedTools[name].tools);
      assert.deepEqual(
        viewed.filter((tool) => !asked.has(tool)),
        [],
      );
    });

    for (const { words, name } of questions) {
      it(`answer “${words}” (${name}) in both themes, on a phone and wide, without barriers`, async () => {
        const call = answerTo(words);
        for (const [theme, width] of [
          ['light', 720],
          ['dark', 320],
        ] as const) {
          const view = await harness.show(viewOf(name), call, { theme, width });
          const file = `${words.replace(/\W+/g, '-').toLowerCase()}-${width}-${theme}.png`;
          await harness.page.locator('.card').screenshot({ path: join(screenshots, file) });
          assert.ok((await heightOf(view)) <= 500, `${await heightOf(view)} pixels high`);
          assert.equal(await view.evaluate('document.documentElement.scrollWidth'), width);
          assert.equal(await view.evaluate('getComputedStyle(document.body).colorScheme'), theme);
          assert.deepEqual(await harness.barriers(), []);
          const organization = String((call.result.structuredContent as Fields).organization);
          assert.ok((await textOf(view)).includes(organization));
        }
        assert.deepEqual(harness.problems(), []);
      });
    }

    it('show each row of a list, on one page after the other', async () => {
      const words = 'Which invoices are overdue?';
      const { invoices = [] } = contentOf(words);
      assert.equal(invoices.length, 25);
      const view = await harness.show('list', answerTo(words));
      const seen: string[] = [];
      for (;;) {
        seen.push(...(await view.locator('tbody td:nth-child(2)').allTextContents()));
        if (seen.length >= invoices.length) break;
        await view.getByRole('button', { name: 'Next' }).click();
        assert.ok((await heightOf(view)) <= 500);
      }
      assert.deepEqual(
        seen,
        invoices.map(({ number }) => number),
      );
      await view.getByRole('button', { name: 'Previous' }).click();
      assert.match((await view.locator('[role=status]').textContent()) ?? '', /^\d+–\d+ of 41$/);
    });

    it('write amounts and days for the person’s language, from the decimal text', async () => {
      const { invoices = [], totals = [] } = contentOf('Which invoices are overdue?');
      for (const locale of ['en-US', 'de-CH', 'fr-FR', 'ja-JP', 'ar-EG']) {
        const view = await harness.show('list', answerTo('Which invoices are overdue?'), { locale });
        const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' });
        const figures = await view.locator('dd').allTextContents();
        assert.equal(figures[0], money.format(Number(totals[0]?.balance)), locale);
        const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
        const shown = await view.locator('tbody td:nth-child(3)').first().textContent();
        assert.equal(shown, day.format(new Date(String(invoices[0]?.due))), locale);
      }
    });

    it('show the earlier figures beside those of a summary', async () => {
      const words = 'How are we doing this year, compared with last year?';
      const [entry] = contentOf(words).currencies ?? [];
      assert.ok(entry);
      const { income } = entry.changes as { income: { previous: string; percent: string } };
      const view = await harness.show('summary', answerTo(words));
      const [first] = await view.locator('tbody tr').allTextContents();
      const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
      for (const amount of [entry.income, income.previous]) {
        assert.ok(first?.includes(money.format(Number(amount))), first);
      }
      assert.ok(first?.includes(`${income.percent}%`), first);
      assert.equal(await view.locator('tbody tr:first-child svg').count(), 2);
    });

    for (const words of ['Who owes us how much, and for how long?', 'How much money do we have?']) {
      it(`show each part of the answer to “${words}”`, async () => {
        const call = answerTo(words);
        for (const width of [720, 320]) {
          const view = await harness.show(viewOf(call.tool), call, { width });
          const names = await view.locator('option').allTextContents();
          assert.ok(names.length > 3);
          for (const [index, name] of names.entries()) {
            await view.locator('select').selectOption(String(index));
            assert.ok((await view.locator('tbody tr').count()) > 0, name);
            assert.ok((await heightOf(view)) <= 500, name);
            assert.equal(await view.evaluate('document.documentElement.scrollWidth'), width, name);
            if (width === 720) assert.deepEqual(await harness.barriers(), [], name);
            const file = `${call.tool}-${name.replace(/\W+/g, '-').toLowerCase()}-${width}.png`;
            await harness.page.locator('.card').screenshot({ path: join(screenshots, file) });
          }
        }
      });
    }

    it('show what is owed by age, by party and by week', async () => {
      const words = 'Who owes us how much, and for how long?';
      const [ageing] = contentOf(words).ageing ?? [];
      const [expected] = contentOf(words).expected ?? [];
      assert.ok(ageing && expected);
      const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
      const amountsOf = (rows: unknown, name: string): string[] =>
        (rows as Fields[]).map((row) => money.format(Number(row[name])));
      const view = await harness.show('summary', answerTo(words));
      const cells = () => view.locator('tbody td:last-child').allTextContents();
      assert.deepEqual(await cells(), amountsOf(ageing.ages, 'balance'));
      await view.locator('select').selectOption({ label: 'By whom' });
      const parties = amountsOf(ageing.customers, 'balance');
      assert.deepEqual(await cells(), [...parties, ...amountsOf([ageing.others], 'balance')]);
      await view.locator('select').selectOption({ label: 'Expected' });
      assert.ok((await textOf(view)).includes(money.format(Number(expected.overdue))));
    });

    it('show balances by kind and day, and what is pending apart', async () => {
      const view = await harness.show('statement', answerTo('How much money do we have?'));
      const rows = await view.locator('tbody tr').allTextContents();
      const { accounts = [] } = contentOf('How much money do we have?');
      const booked = accounts.map(({ booked }) => booked as { amount: string; currency: string });
      for (const { amount, currency } of booked) {
        const money = new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(Number(amount));
        assert.ok(
          rows.some((row) => row.includes('Closing booked') && row.includes(money)),
          money,
        );
      }
      const choice = view.locator('select');
      await choice.selectOption({ label: 'Pending' });
      assert.match(await textOf(view), /Announced by the bank, not booked yet.*B's Beverages/);
      await choice.selectOption({ label: 'Received' });
      assert.doesNotMatch(await textOf(view), /B's Beverages/);
      assert.match(await textOf(view), /of which the first 10 are listed/);
    });
  });

  describe('in a conversation', () => {
    const overdue = () => answerTo('Which invoices are overdue?');

    it('begin with the handshake, and do nothing before it', async () => {
      await harness.call('placeUnanswered', viewNamed('list').html);
      await until(harness.page, 'harness.sent().length > 1');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const [, ...sent] = await harness.call<string[]>('sent');
      assert.deepEqual(sent, ['ui/initialize']);
      await harness.place('list', 'list_invoices');
      await until(harness.page, 'harness.sent().length > 3');
      const order = (await harness.call<string[]>('sent')).slice(1, 4);
      assert.deepEqual(order, [
        'ui/initialize',
        'ui/notifications/initialized',
        'ui/notifications/size-changed',
      ]);
    });

    it('wait for the result, whatever comes of the arguments first', async () => {
      const view = await harness.place('list', 'list_invoices');
      assert.equal(await textOf(view), 'Loading …');
      await harness.call('begin', { status: 'over' });
      assert.equal(await view.evaluate('document.querySelector("main").ariaBusy'), 'true');
      await harness.call('answer', overdue().args, overdue().result);
      await until(view, 'document.querySelector("table")');
      assert.equal(await view.evaluate('document.querySelector("main").ariaBusy'), null);
    });

    it('say that a call was cancelled, with the reason where there is one', async () => {
      for (const [reason, expected] of [
        ['Stopped by the person.', 'Stopped by the person.'],
        [undefined, 'The question was cancelled.'],
      ]) {
        const view = await harness.place('summary', 'get_financial_summary');
        await harness.call('cancel', reason);
        await view.getByRole('status').waitFor();
        assert.equal(await view.getByRole('status').textContent(), expected);
      }
    });

    it('say what is wrong where the tool does', async () => {
      for (const name of viewNames) {
        const text = 'status late: expected one of open, overdue. <b>Not bold</b>';
        const result: CallToolResult = { isError: true, content: [{ type: 'text', text }] };
        const view = await harness.show(name, { tool: 'any', result });
        assert.equal(await view.getByRole('alert').textContent(), text);
        assert.deepEqual(await harness.barriers(), []);
      }
    });

    it('say what is the matter with an answer that they do not know', async () => {
      for (const name of viewNames) {
        for (const content of [
          undefined,
          {},
          { totals: 3, invoices: 'none', currencies: [null, 7], accounts: {} },
        ]) {
          const result: CallToolResult = {
            content: [],
            ...(content && { structuredContent: content as Fields }),
          };
          const view = await harness.show(name, { tool: 'any', result });
          assert.notEqual((await textOf(view)).trim(), '');
        }
      }
      assert.deepEqual(harness.problems(), []);
    });

    it('say that nothing matches, where there is nothing', async () => {
      const empty = { organization: 'acme', asOf: '2026-11-21', returned: 0, complete: true, totalCount: 0 };
      for (const noun of ['invoices', 'expenses', 'payments', 'customers', 'transactions', 'records']) {
        const view = await harness.show('list', {
          tool: 'any',
          result: resultOf({ ...empty, [noun]: [], totals: [] }),
        });
        assert.match(await textOf(view), /No [a-z ]+ match\.$/);
      }
      assert.deepEqual(await harness.barriers(), []);
    });

    it('load what follows with the cursor and all other arguments', async () => {
      const { result, args } = overdue();
      const content = result.structuredContent as Fields & { invoices: Fields[] };
      const more = resultOf({
        ...content,
        invoices: [{ ...content.invoices[0], number: 'NEXT-1' }],
        nextCursor: undefined,
      });
      const refused: CallToolResult = {
        isError: true,
        content: [{ type: 'text', text: 'The cursor has expired.' }],
      };
      const view = await harness.show('list', overdue(), { maxHeight: 400, replies: [refused, more] });
      const next = view.getByRole('button', { name: 'Next' });
      const status = view.locator('[role=status]');
      while (!/–25 of 41/.test((await status.textContent()) ?? '')) await next.click();
      await next.click();
      await until(view, '/expired/.test(document.querySelector("[role=status]").textContent)');
      await next.click();
      await until(view, '/NEXT-1/.test(document.querySelector("tbody").textContent)');
      const call = { name: 'list_invoices', arguments: { ...args, cursor: content.nextCursor } };
      assert.deepEqual(await harness.call('calls'), [call, call]);
      assert.equal(await status.textContent(), '26–26 of 41');
      assert.equal(await view.evaluate('document.activeElement.textContent'), 'Previous');
    });

    it('offer nothing that a host does not take: no next page without calls of tools', async () => {
      const view = await harness.show('list', overdue());
      const next = view.getByRole('button', { name: 'Next' });
      while (!(await view.evaluate<boolean>('document.querySelectorAll("button")[1].disabled')))
        await next.click();
      assert.match((await view.locator('[role=status]').textContent()) ?? '', /–25 of 41$/);
    });

    it('use the room that they are given, and all of it full screen', async () => {
      const view = await harness.show('list', overdue(), { maxHeight: 300 });
      assert.ok((await heightOf(view)) <= 300);
      const inline = await view.locator('tbody tr').count();
      await harness.call('tell', { displayMode: 'fullscreen', containerDimensions: {} });
      await until(view, `document.querySelectorAll('tbody tr').length === 25`);
      assert.ok(inline < 25);
      await harness.call('tell', { displayMode: 'inline', containerDimensions: { maxHeight: 300 } });
      await until(view, `document.querySelectorAll('tbody tr').length === ${inline}`);
    });

    it('follow the host when it changes theme, variables and language', async () => {
      const view = await harness.show('list', overdue());
      await harness.call('tell', {
        theme: 'dark',
        locale: 'de-DE',
        styles: { variables: { '--color-text-primary': 'rgb(1, 2, 3)' } },
      });
      await until(view, 'document.documentElement.dataset.theme === "dark"');
      assert.equal(await view.evaluate('getComputedStyle(document.body).color'), 'rgb(1, 2, 3)');
      assert.match(await textOf(view), /86\.917,76\s\$/);
    });

    it('are used with the keyboard alone', async () => {
      const view = await harness.show('list', answerTo('What did we spend with each vendor?'));
      await view.evaluate('document.querySelector("button").focus()');
      await harness.page.keyboard.press('Tab');
      const outline = await view.evaluate('getComputedStyle(document.activeElement).outlineStyle');
      assert.equal(outline, 'solid');
      await harness.page.keyboard.press('Enter');
      assert.match(await textOf(view), /Expenses · northwind · as of [^·]*Vendor/);
      for (const size of await view.evaluate<number[]>(
        '[...document.querySelectorAll("button, select")].map((each) => each.getBoundingClientRect().height)',
      )) {
        assert.ok(size >= 44, `${size} pixels`);
      }
    });

    it('answer what a host asks, and refuse what they do not know', async () => {
      await harness.show('list', overdue());
      const before = (await harness.call<string[]>('sent')).filter((method) => method === 'answer').length;
      await harness.call('send', { jsonrpc: '2.0', id: 'x', method: 'constructor' });
      await harness.call('send', { jsonrpc: '2.0', method: 'ui/notifications/unknown', params: {} });
      await harness.call('send', 'no message');
      await until(
        harness.page,
        `harness.sent().filter((method) => method === 'answer').length === ${before + 1}`,
      );
      await harness.call('close');
      assert.equal(await harness.page.locator('iframe').count(), 0);
      assert.deepEqual(harness.problems(), []);
    });
  });

  describe('on the page of the local edition', () => {
    it('are shown by a client that calls the server, page after page, and gives them no token', async () => {
      const context = await browser.newContext({ viewport: { width: 900, height: 800 } });
      const page = await context.newPage();
      const problems: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text());
      });
      await page.goto(`http://localhost:${(edition?.port ?? 0) + 4}/`);
      await until(page, 'document.querySelectorAll("section").length === 3');
      await until(page, 'document.querySelectorAll("iframe").length === 3');
      const views = (): Frame[] => page.frames().filter((frame) => frame.url() === 'about:srcdoc');
      const titled = async (title: string): Promise<Frame> => {
        for (;;) {
          for (const view of views()) {
            if ((await view.locator('h1').allTextContents())[0] === title) return view;
          }
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      const list = await titled('Invoices');
      await titled('Financial summary');
      await titled('Cash position');
      const status = list.locator('[role=status]');
      while (!/–41 of 41/.test((await status.textContent()) ?? '')) {
        if (await list.evaluate<boolean>('[...document.querySelectorAll("button")].at(-1).disabled'))
          continue;
        await list.getByRole('button', { name: 'Next' }).click();
      }
      for (const view of views()) {
        assert.equal(await view.evaluate('self.origin'), 'null');
        assert.doesNotMatch(await view.evaluate<string>('document.documentElement.outerHTML'), /\beyJ/);
      }
      assert.deepEqual(problems, []);
      await context.close();
    });
  });

  describe('with hostile texts in the books', () => {
    const hostile = [
      "<img src=x onerror=\"parent.postMessage('pwned', '*')\">",
      '<script>parent.postMessage("pwned", "*")</script>',
      '</td></tr></table></main><h1>Taken</h1>',
      '"><svg onload=alert(1)>',
      'javascript:alert(1)',
      '\u202Egnp.exe\u202C\u2066\u2067 abc',
      'x'.repeat(3_000),
      'long words '.repeat(400),
      '{{constructor.constructor("return 1")()}}',
      '=HYPERLINK("http://evil.example")',
    ];
    const ofAll = (row: (text: string) => Fields): Fields[] => hostile.map(row);
    const answers: Record<ViewName, (text: string) => Fields> = {
      list: (text) => ({
        organization: text,
        asOf: text,
        totalsAbsent: text,
        totals: ofAll((each) => ({ currency: each, count: 1, total: each, balance: '1.00' })),
        groups: ofAll((each) => ({ vendor: each, currency: each, count: 1, total: '5.00' })),
        invoices: ofAll((each) => ({
          id: each,
          customer: each,
          number: each,
          status: each,
          due: each,
          balance: each,
          total: '12.00',
          currency: each,
        })),
      }),
      summary: (text) => ({
        organization: text,
        basis: text,
        startDate: text,
        endDate: text,
        currencies: [
          {
            currency: text,
            income: text,
            expenses: '1.00',
            net: text,
            changes: { income: { previous: text, percent: text } },
          },
        ],
      }),
      statement: (text) => ({
        organization: text,
        accounts: ofAll((each) => ({
          id: each,
          name: each,
          institution: each,
          number: each,
          booked: { amount: each, currency: each, date: each, type: each },
        })),
        connections: [{ id: text, name: text, status: text, updated: text }],
        statementFindings: [{ accountId: text, finding: text, from: text }],
      }),
    };

    for (const name of viewNames) {
      it(`nothing of them runs or leaves its place in ${name}`, async () => {
        for (const [index, text] of hostile.entries()) {
          for (const width of index % 2 === 0 ? [320] : [320, 720]) {
            const call = { tool: 'any', result: resultOf(answers[name](text)) };
            const view = await harness.show(name, call, { width });
            const foreign =
              'main :is(img, script, iframe, object, embed, link, style, form, a, h1 *, [onload], [onerror])';
            assert.equal(await view.locator(foreign).count(), 0, text);
            assert.equal(await view.locator('h1').count(), 1);
            assert.equal(await view.evaluate('document.documentElement.scrollWidth'), width, text);
            // Each text stays in its cell: none is wider than the cell that it is in.
            const outside = await view.evaluate<number>(
              `[...document.querySelectorAll('th, td')].filter((cell) => cell.scrollWidth > cell.clientWidth + 1).length`,
            );
            assert.equal(outside, 0, text);
          }
        }
        const sent = await harness.call<string[]>('sent');
        assert.deepEqual(
          sent.filter((method) => !/^(ui\/|answer)/.test(method)),
          [],
        );
        assert.deepEqual(harness.problems(), []);
      });
    }

    it('they are shown as they are', async () => {
      const view = await harness.show(
        'list',
        {
          tool: 'any',
          result: resultOf({
            invoices: ofAll((customer) => ({ id: '1', customer, balance: '1.00', currency: 'USD' })),
          }),
        },
        { maxHeight: 500 },
      );
      await harness.call('tell', { displayMode: 'fullscreen', containerDimensions: {} });
      await until(view, `document.querySelectorAll('tbody tr').length === ${hostile.length}`);
      assert.deepEqual(await view.locator('tbody bdi').allTextContents(), hostile);
    });
  });
});
