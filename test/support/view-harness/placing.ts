import type { CallToolResult } from '@modelcontextprotocol/client';

/** How a test shows a view. */
export interface Placing {
  readonly html: string;
  /** The tool that the conversation calls. */
  readonly tool: string;
  readonly theme: 'light' | 'dark';
  readonly locale: string;
  /** Pixels. */
  readonly width: number;
  readonly maxHeight?: number;
  /** What the server answers to the view's own calls, one after the other; without it, the host takes no calls. */
  readonly replies?: CallToolResult[];
}
