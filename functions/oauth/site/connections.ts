import { mcpUrl } from '../../../shared/edge.ts';

/** Part of the instructions: prose, something to type or paste, or a link that opens a program. */
export type Part =
  /** `**…**` marks labels on the client's screen; backticks mark what is typed. */
  | { readonly kind: 'prose'; readonly text: string }
  | { readonly kind: 'code'; readonly language: 'sh' | 'json'; readonly code: string }
  | { readonly kind: 'link'; readonly label: string; readonly href: string };

export interface Connection {
  /** Anchor on the landing page. */
  readonly id: string;
  readonly name: string;
  /** Who opens the connection: a program of the person, or the vendor's servers, which reach public addresses only. */
  readonly from: 'computer' | 'internet';
  readonly parts: readonly Part[];
}

/** What the server is called in a client. */
const name = 'finance';

/**
 * How to connect each client: the text of the landing page and of docs/connect.md.
 * @param publicOrigin e.g. `https://d111111abcdef8.cloudfront.net`
 */
export function connections(publicOrigin: string): readonly Connection[] {
  const url = mcpUrl(publicOrigin);
  return [
    {
      id: 'claude',
      name: 'Claude on the web, Desktop and mobile',
      from: 'internet',
      parts: [
        prose(
          'Open **Customize**, **Connectors**, press **+** and **Add custom connector**. Give it a name, paste the MCP URL, press **Add**, then **Connect**. A connector that you add on the web also appears in Claude Desktop and on your phone.',
        ),
        { kind: 'link', label: "Open Claude's connectors", href: 'https://claude.ai/customize/connectors' },
        prose(
          'On a Team or Enterprise plan, an owner adds it once in the organization settings. Everybody then connects with their own account.',
        ),
      ],
    },
    {
      id: 'claude-code',
      name: 'Claude Code',
      from: 'computer',
      parts: [
        shell(`claude mcp add --transport http ${name} ${url}`),
        prose(`Then type \`/mcp\` in Claude Code, choose **${name}** and **Authenticate**.`),
      ],
    },
    {
      id: 'chatgpt',
      name: 'ChatGPT',
      from: 'internet',
      parts: [
        prose(
          'In **Settings**, **Apps**, **Advanced settings**, switch on **Developer mode**. Press **Create app**, give it a name, paste the MCP URL, leave the authentication set to **OAuth** and press **Create**.',
        ),
        { kind: 'link', label: "Open ChatGPT's apps", href: 'https://chatgpt.com/#settings/Connectors' },
      ],
    },
    {
      id: 'cursor',
      name: 'Cursor',
      from: 'computer',
      parts: [
        { kind: 'link', label: 'Add to Cursor', href: cursorLink(url) },
        prose('Or add this to `~/.cursor/mcp.json`:'),
        json({ mcpServers: { [name]: { url } } }),
      ],
    },
    {
      id: 'vs-code',
      name: 'VS Code',
      from: 'computer',
      parts: [
        { kind: 'link', label: 'Add to VS Code', href: vsCodeLink(url) },
        prose('Or on the command line:'),
        shell(`code --add-mcp '${JSON.stringify({ name, type: 'http', url })}'`),
      ],
    },
    {
      id: 'gemini-cli',
      name: 'Gemini CLI',
      from: 'computer',
      parts: [
        shell(`gemini mcp add --transport http ${name} ${url}`),
        prose(`Then type \`/mcp auth ${name}\` in Gemini CLI.`),
      ],
    },
    {
      id: 'mcp-remote',
      name: 'Clients that only run local servers (mcp-remote)',
      from: 'computer',
      parts: [
        prose(
          'Add this to the configuration file of the client. Your browser opens so that you can sign in:',
        ),
        json({ mcpServers: { [name]: { command: 'npx', args: ['-y', 'mcp-remote', url] } } }),
        prose('To try it in a terminal:'),
        shell(`npx -y mcp-remote ${url}`),
      ],
    },
    {
      id: 'machine-token',
      name: 'Programs (machine clients)',
      from: 'computer',
      parts: [
        prose(
          'A program uses a machine client, which an operator creates for one organization. Set `CLIENT_ID` to its id and `CLIENT_SECRET` to its secret. This command gets an access token; run it again when the token expires:',
        ),
        shell(
          `TOKEN=$(curl -s ${publicOrigin}/oauth/token \\
  -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials | jq -r .access_token)`,
        ),
        prose('Any MCP client that can send a bearer token can use it, for example:'),
        shell(`npx -y mcp-remote ${url} --header "Authorization:Bearer $TOKEN"`),
      ],
    },
    {
      id: 'openai-api',
      name: 'OpenAI Responses API',
      from: 'internet',
      parts: [
        prose('With a machine client’s token in `TOKEN`:'),
        shell(`curl https://api.openai.com/v1/responses -d @- \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H "Content-Type: application/json" <<END
${body({
  model: 'gpt-6-astra',
  tools: [
    { type: 'mcp', server_label: name, server_url: url, authorization: '$TOKEN', require_approval: 'never' },
  ],
  input: question,
})}
END`),
      ],
    },
    {
      id: 'anthropic-api',
      name: 'Anthropic Messages API',
      from: 'internet',
      parts: [
        prose('With a machine client’s token in `TOKEN`:'),
        shell(`curl https://api.anthropic.com/v1/messages -d @- \\
  -H "x-api-key: $ANTHROPIC_API_KEY" \\
  -H "anthropic-version: 2023-06-01" \\
  -H "anthropic-beta: mcp-client-2025-11-20" \\
  -H "Content-Type: application/json" <<END
${body({
  model: 'claude-opus-5-5',
  max_tokens: 1000,
  mcp_servers: [{ type: 'url', name, url, authorization_token: '$TOKEN' }],
  tools: [{ type: 'mcp_toolset', mcp_server_name: name }],
  messages: [{ role: 'user', content: question }],
})}
END`),
      ],
    },
  ];
}

/** Characters. */
const longestLine = 72;

const question = 'Which invoices are overdue, and how much is that in total?';

const prose = (text: string): Part => ({ kind: 'prose', text });
const shell = (code: string): Part => ({ kind: 'code', language: 'sh', code });
const json = (value: object): Part => ({ kind: 'code', language: 'json', code: body(value) });

/** JSON for people to read: what fits on one line stays on one line. */
function body(value: object): string {
  return readable(value, '');
}

function readable(value: unknown, indent: string): string {
  const line = inOneLine(value);
  if (typeof value !== 'object' || value === null || line.length + indent.length <= longestLine) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Object.entries(value).map(([key, member]) => {
    const label = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    return `${inner}${label}${readable(member, inner)}`;
  });
  return `${open}\n${members.join(',\n')}\n${indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  const members = Object.entries(value).map(
    ([key, member]) => `${JSON.stringify(key)}: ${inOneLine(member)}`,
  );
  return `{ ${members.join(', ')} }`;
}

/** https://cursor.com/docs/mcp/install-links */
function cursorLink(url: string): string {
  const config = Buffer.from(JSON.stringify({ url })).toString('base64');
  return `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({ name, config })}`;
}

/** https://code.visualstudio.com/api/extension-guides/ai/mcp#create-an-mcp-installation-url */
function vsCodeLink(url: string): string {
  return `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, type: 'http', url }))}`;
}
