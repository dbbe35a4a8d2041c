/*
 * The protocol between a view and the host that shows it (SEP-1865, revision 2026-01-26): JSON-RPC through postMessage.
 * The official client is 25 times the size of a view.
 */

/** A value from outside of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the host says about where a view is shown. It may say less, and change any of it later. */
export interface Context {
  readonly theme?: string;
  readonly locale?: string;
  readonly displayMode?: string;
  readonly containerDimensions?: { readonly height?: number; readonly maxHeight?: number };
  readonly safeAreaInsets?: Readonly<Record<'top' | 'right' | 'bottom' | 'left', number>>;
  readonly styles?: { readonly variables?: Readonly<Record<string, string | undefined>> };
}

/** A tool's result as the host hands it on. */
export interface ToolResult {
  readonly isError?: boolean;
  readonly content?: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: Fields;
}

/** What a view is told. */
export interface Listener {
  /** The context is known, or has changed. */
  context(context: Context): void;
  /** The tool was called with these arguments. */
  input(args: Fields): void;
  result(result: ToolResult): void;
  /** There will be no result. */
  cancelled(reason: string | undefined): void;
}

/** What a view can ask the host for. */
export interface Host {
  /** Whether tools can be called through the host. Known once the context is. */
  readonly callsTools: boolean;
  /** @throws {Error} when the host refuses, or cannot be reached */
  callTool(name: string, args: Fields): Promise<ToolResult>;
}

const version = '2026-01-26';
const methodNotFound = -32_601;

interface Message {
  readonly jsonrpc?: string;
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Fields;
  readonly result?: Fields;
  readonly error?: { readonly code?: number; readonly message?: string };
}

/** Connects a view with its host, and keeps the host informed of the view's height. */
export function connect(name: string, listener: Listener): Host {
  const waiting = new Map<number | string, (answer: Message) => void>();
  let count = 0;
  let context: Context = {};
  let callsTools = false;

  const send = (message: Message): void => window.parent.postMessage({ jsonrpc: '2.0', ...message }, '*');

  async function request<Result>(method: string, params: Fields): Promise<Result> {
    const id = ++count;
    const { error, result } = await new Promise<Message>((resolve) => {
      waiting.set(id, resolve);
      send({ id, method, params });
    });
    if (error) throw new Error(error.message ?? 'The application refused the request.');
    return result as Result;
  }

  function learn(changes: Context): void {
    context = { ...context, ...changes };
    listener.context(context);
  }

  const resizing = new ResizeObserver(() => {
    const { width, height } = document.documentElement.getBoundingClientRect();
    send({
      method: 'ui/notifications/size-changed',
      params: { width: Math.ceil(width), height: Math.ceil(height) },
    });
  });

  const notifications: Readonly<Record<string, (params: Fields) => void>> = {
    'ui/notifications/tool-input': ({ arguments: args }) => listener.input((args ?? {}) as Fields),
    'ui/notifications/tool-result': (params) => listener.result(params as ToolResult),
    'ui/notifications/tool-cancelled': ({ reason }) => listener.cancelled(reason as string | undefined),
    'ui/notifications/host-context-changed': (params) => learn(params as Context),
  };
  const requests: Readonly<Record<string, () => void>> = {
    ping: () => {},
    'ui/resource-teardown': () => resizing.disconnect(),
  };

  const notified = new Map(Object.entries(notifications));
  const asked = new Map(Object.entries(requests));

  window.addEventListener('message', ({ source, data }: MessageEvent<Message | undefined>) => {
    if (source !== window.parent || data?.jsonrpc !== '2.0') return;
    const { id, method, params = {} } = data;
    if (method === undefined) {
      const resolve = waiting.get(id ?? '');
      waiting.delete(id ?? '');
      resolve?.(data);
    } else if (id === undefined) {
      notified.get(method)?.(params);
    } else if (asked.has(method)) {
      asked.get(method)?.();
      send({ id, result: {} });
    } else {
      send({ id, error: { code: methodNotFound, message: 'Method not found' } });
    }
  });

  async function begin(): Promise<void> {
    const { hostContext, hostCapabilities } = await request<Fields>('ui/initialize', {
      protocolVersion: version,
      appInfo: { name: `finance-mcp-${name}`, version: '1' },
      appCapabilities: { availableDisplayModes: ['inline', 'fullscreen'] },
    });
    callsTools = !!(hostCapabilities as Fields | undefined)?.serverTools;
    learn((hostContext ?? {}) as Context);
    // The host shows nothing and sends nothing before this.
    send({ method: 'ui/notifications/initialized', params: {} });
    resizing.observe(document.documentElement);
  }
  begin().catch((error: Error) => listener.cancelled(error.message));

  return {
    get callsTools() {
      return callsTools;
    },
    callTool: (tool, args) => request('tools/call', { name: tool, arguments: args }),
  };
}
