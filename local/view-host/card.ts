import type { CallToolResult, Client, Tool } from '@modelcontextprotocol/client';
import {
  AppBridge,
  type McpUiDisplayMode,
  type McpUiHostContext,
  PostMessageTransport,
} from '@modelcontextprotocol/ext-apps/app-bridge';

/* One view in a conversation: the frame around it, and the host's side of the protocol, which is the official one. */

export interface CardOptions {
  /** Gets the frame. */
  readonly place: HTMLElement;
  /** The page of another origin that holds the view's frame. */
  readonly sandbox: string;
  readonly html: string;
  readonly tool: Tool;
  /** Answers what the view asks of the server; null for a host that lets views call nothing, or only by `callTool`. */
  readonly client: Client | null;
  /** Answers the view's calls of tools in place of the server. */
  readonly callTool?: NonNullable<AppBridge['oncalltool']>;
  readonly context: Pick<McpUiHostContext, 'theme' | 'locale'>;
  /** Pixels that the frame may take inline. */
  readonly maxHeight?: number;
}

export interface Card {
  readonly bridge: AppBridge;
  /** Resolves when the view has said that it is ready; nothing may be sent to it before. */
  readonly ready: Promise<void>;
  /** What the conversation does with a call: its arguments, then its result. */
  answer(args: Record<string, unknown>, result: CallToolResult): Promise<void>;
  /** Changes what the view is told of where it is. */
  tell(changes: Partial<McpUiHostContext>): void;
  /** Takes the view away, once it has answered that it is done. */
  close(): Promise<void>;
}

/** Variables as hosts have them, for light and dark at once. */
const variables = {
  '--color-background-primary': 'light-dark(#ffffff, #262624)',
  '--color-background-secondary': 'light-dark(#f5f4ed, #30302e)',
  '--color-text-primary': 'light-dark(#141413, #faf9f5)',
  '--color-text-secondary': 'light-dark(#3d3d3a, #c2c0b6)',
  '--color-text-info': 'light-dark(#3266ad, #80aadd)',
  '--color-text-danger': 'light-dark(#7f2c28, #ee8884)',
  '--color-border-primary': 'light-dark(rgba(31, 30, 29, 0.4), rgba(222, 220, 209, 0.4))',
  '--color-border-tertiary': 'light-dark(rgba(31, 30, 29, 0.15), rgba(222, 220, 209, 0.15))',
  '--color-ring-primary': 'light-dark(rgba(20, 20, 19, 0.7), rgba(250, 249, 245, 0.7))',
  '--font-sans': 'system-ui, sans-serif',
  '--border-radius-md': '8px',
};

const modes: McpUiDisplayMode[] = ['inline', 'fullscreen'];

export function placeCard({
  place,
  sandbox,
  html,
  tool,
  client,
  callTool,
  context,
  maxHeight = 500,
}: CardOptions): Card {
  const frame = document.createElement('iframe');
  frame.title = tool.title ?? tool.name;
  frame.src = sandbox;
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin');
  place.replaceChildren(frame);
  const target = frame.contentWindow!;

  const styles = { variables } as unknown as NonNullable<McpUiHostContext['styles']>;
  let told: McpUiHostContext = {
    ...context,
    styles,
    displayMode: 'inline',
    availableDisplayModes: modes,
    containerDimensions: { maxHeight },
    platform: 'web',
    toolInfo: { tool },
  };
  const bridge = new AppBridge(
    client,
    { name: 'finance-mcp-view-host', version: '1.0.0' },
    client || callTool ? { serverTools: {}, logging: {} } : { logging: {} },
    { hostContext: told },
  );
  if (callTool) bridge.oncalltool = callTool;
  const tell = (changes: Partial<McpUiHostContext>): void => {
    told = { ...told, ...changes };
    place.dataset.mode = told.displayMode;
    bridge.setHostContext(told);
  };
  bridge.addEventListener('sandboxready', () => {
    void bridge.sendSandboxResourceReady({ html });
  });
  bridge.addEventListener('sizechange', ({ height }) => {
    if (height !== undefined) frame.style.height = `${height}px`;
  });
  bridge.onrequestdisplaymode = async ({ mode }) => {
    tell({ displayMode: mode, containerDimensions: mode === 'inline' ? { maxHeight } : {} });
    return { mode };
  };
  const ready = new Promise<void>((resolve) => bridge.addEventListener('initialized', () => resolve()));
  const connected = bridge.connect(new PostMessageTransport(target, target));

  return {
    bridge,
    ready: connected.then(() => ready),
    async answer(args, result) {
      await bridge.sendToolInput({ arguments: args });
      await bridge.sendToolResult(result);
    },
    tell,
    async close() {
      await bridge.teardownResource({});
      await bridge.close();
      frame.remove();
    },
  };
}
