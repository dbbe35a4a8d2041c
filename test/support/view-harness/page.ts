import type { CallToolResult } from '@modelcontextprotocol/client';
import { type Card, placeCard } from '../../../local/view-host/card.ts';
import type { Placing } from './placing.ts';

/*
 * The script of the host's page in tests: the same frame as in the local edition, with a conversation that the test
 * leads. The test calls what is in `harness`.
 */

interface Call {
  name: string;
  arguments: Record<string, unknown>;
}

const { sandbox } = (await (await fetch('/settings.json')).json()) as { sandbox: string };
/** The methods of all messages that frames have sent, in their order; of an answer, `answer`. */
const sent: string[] = [];
const calls: Call[] = [];
let replies: CallToolResult[] = [];
let card: Card | undefined;

window.addEventListener('message', ({ data }) => {
  sent.push(data?.jsonrpc === '2.0' ? (data.method ?? 'answer') : JSON.stringify(data));
});

const harness = {
  /** Shows a view, and resolves when it is ready. */
  async place({ html, width, tool, replies: given, maxHeight, ...context }: Placing): Promise<void> {
    document.documentElement.dataset.theme = context.theme;
    const place = Object.assign(document.createElement('div'), { className: 'card' });
    place.style.width = `${width}px`;
    document.body.replaceChildren(place);
    sent.length = 0;
    calls.length = 0;
    replies = given ?? [];
    card = placeCard({
      place,
      sandbox,
      html,
      tool: { name: tool, inputSchema: { type: 'object' } },
      client: null,
      context,
      ...(maxHeight !== undefined && { maxHeight }),
      ...(given && {
        callTool: async ({ name, arguments: args = {} }) => {
          calls.push({ name, arguments: args });
          const reply = replies.shift();
          if (!reply) throw new Error('The server does not answer.');
          return reply;
        },
      }),
    });
    await card.ready;
  },
  /** Shows a view in a frame of a host that says nothing at all. */
  placeUnanswered(html: string): void {
    const frame = Object.assign(document.createElement('iframe'), { src: sandbox });
    sent.length = 0;
    window.addEventListener('message', ({ source, data }) => {
      if (source !== frame.contentWindow || data.method !== 'ui/notifications/sandbox-proxy-ready') return;
      const method = 'ui/notifications/sandbox-resource-ready';
      frame.contentWindow?.postMessage({ jsonrpc: '2.0', method, params: { html } }, '*');
    });
    document.body.replaceChildren(frame);
  },
  answer: (args: Record<string, unknown>, result: CallToolResult) => card?.answer(args, result),
  begin: (args: Record<string, unknown>) => card?.bridge.sendToolInputPartial({ arguments: args }),
  cancel: (reason?: string) => card?.bridge.sendToolCancelled(reason === undefined ? {} : { reason }),
  tell: (changes: Parameters<Card['tell']>[0]) => card?.tell(changes),
  close: () => card?.close(),
  /** Sends a message that no host of this protocol sends. */
  send: (message: unknown) => document.querySelector('iframe')?.contentWindow?.postMessage(message, '*'),
  sent: () => sent,
  calls: () => calls,
};

Object.assign(window, { harness });
