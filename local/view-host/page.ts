import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client';
import { getToolUiResourceUri, RESOURCE_MIME_TYPE } from '@modelcontextprotocol/ext-apps/app-bridge';
import { type Card, placeCard } from './card.ts';
import { fullest, type Question, questions } from './questions.ts';
import type { ViewHostSettings } from './settings.ts';

/* The page on which every view is seen with the books of the local edition, as a client shows it in a conversation. */

const settings = (await (await fetch('/settings.json')).json()) as ViewHostSettings;
const form = document.querySelector<HTMLFormElement>('#settings')!;
const chosen = (name: string): string => new FormData(form).get(name) as string;

async function tokenOf(organization: string): Promise<string> {
  const response = await fetch(settings.tokenUrl, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: `machine-${organization}`,
      client_secret: settings.machineSecret,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

/** A client as applications are that show views. */
async function clientOf(organization: string): Promise<Client> {
  const client = new Client(
    { name: 'finance-mcp-view-host', version: '1.0.0' },
    {
      capabilities: { extensions: { 'io.modelcontextprotocol/ui': { mimeTypes: [RESOURCE_MIME_TYPE] } } },
      versionNegotiation: { mode: 'auto' },
    },
  );
  const headers = { authorization: `Bearer ${await tokenOf(organization)}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(settings.mcpUrl), { requestInit: { headers } }),
  );
  return client;
}

const element = <Name extends keyof HTMLElementTagNameMap>(name: Name, className = '', text = '') =>
  Object.assign(document.createElement(name), { className, textContent: text });

/** One view with what can be asked of the tools that it serves. */
class Conversation {
  readonly section = element('section');
  readonly #card = element('div', 'card');
  readonly #asked = element('p', 'question');
  readonly #choice = element('select');
  readonly #client: Client;
  readonly #uri: string;
  #shown: Card | undefined;

  constructor(client: Client, uri: string, asked: readonly (Question & { tool: Tool })[]) {
    this.#client = client;
    this.#uri = uri;
    const label = element('label', '', 'Question ');
    label.append(this.#choice);
    this.#choice.append(...asked.map(({ words }, index) => new Option(words, String(index))));
    this.#choice.addEventListener('change', () => this.ask(asked[Number(this.#choice.value)]!));
    const [, name = uri] = /\/([a-z]+)-[^/]*$/.exec(uri) ?? [];
    this.section.id = `view-${name}`;
    const conversation = element('div', 'conversation');
    conversation.append(this.#asked, this.#card);
    this.section.append(element('h2', '', name), label, conversation);
    this.ask(asked[0]!);
  }

  /** The conversation's part: the question, the tool's answer, and the view of it. */
  ask({ words, tool, args }: Question & { tool: Tool }): void {
    this.#asked.textContent = words;
    this.#show(tool, args).catch((error: Error) => {
      this.#card.replaceChildren(element('p', 'problem', error.message));
    });
  }

  async #show(tool: Tool, args: Record<string, unknown>): Promise<void> {
    await this.#shown?.close();
    const { contents } = await this.#client.readResource({ uri: this.#uri });
    const [content] = contents;
    this.#card.style.width = `${chosen('width')}px`;
    this.#shown = placeCard({
      place: this.#card,
      sandbox: settings.sandbox,
      html: content && 'text' in content ? content.text : '',
      tool,
      client: this.#client,
      context: { theme: chosen('theme') as 'light' | 'dark', locale: chosen('locale') },
    });
    const result = await this.#client.callTool({ name: tool.name, arguments: args });
    await this.#shown.ready;
    await this.#shown.answer(args, result);
  }

  adopt(): void {
    this.#card.style.width = `${chosen('width')}px`;
    this.#shown?.tell({ theme: chosen('theme') as 'light' | 'dark', locale: chosen('locale') });
  }
}

let conversations: Conversation[] = [];

async function open(): Promise<void> {
  if (settings.organizations.length === 0) {
    document.querySelector('#views')!.textContent =
      'There are no organizations yet: create one and import books.';
    return;
  }
  const client = await clientOf(chosen('organization'));
  const { tools } = await client.listTools();
  const byView = Map.groupBy(
    questions.flatMap((question) =>
      tools.filter(({ name }) => name === question.name).map((tool) => ({ ...question, tool })),
    ),
    ({ tool }) => getToolUiResourceUri(tool),
  );
  conversations = [...byView].flatMap(([uri, asked]) =>
    uri === undefined ? [] : [new Conversation(client, uri, asked)],
  );
  document.querySelector('#views')!.replaceChildren(...conversations.map(({ section }) => section));
}

function adoptSettings(): void {
  document.documentElement.dataset.theme = chosen('theme');
  for (const conversation of conversations) conversation.adopt();
}

form
  .querySelector<HTMLSelectElement>('[name=organization]')!
  .append(
    ...settings.organizations.map(
      (organization) => new Option(organization, undefined, false, organization === fullest),
    ),
  );
form.addEventListener('change', ({ target }) => {
  if ((target as HTMLSelectElement).name === 'organization') void open();
  else adoptSettings();
});
await open();
