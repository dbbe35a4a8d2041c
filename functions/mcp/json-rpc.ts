/** A JSON-RPC 2.0 request, as MCP narrows it: an id that is never null, params that are an object. */
export interface JsonRpcRequest {
  jsonrpc: '2.0';
  id: string | number;
  method: string;
  params?: Readonly<Record<string, unknown>>;
}

export interface JsonRpcNotification {
  jsonrpc: '2.0';
  method: string;
  params?: Readonly<Record<string, unknown>>;
}

export type JsonRpcResponse = { jsonrpc: '2.0'; id: string | number } & (
  | { result: object }
  | { error: { code: number; message: string; data?: unknown } }
);

/** What cannot be answered; its message and data reach the client as a JSON-RPC error. */
export class ProtocolError extends Error {
  override name = 'ProtocolError';
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isId = (value: unknown): boolean => typeof value === 'string' || Number.isSafeInteger(value);

/** Which kind of message a JSON value is, or undefined when it is none. */
export function kindOf(value: unknown): 'request' | 'notification' | 'response' | undefined {
  if (!isRecord(value) || value.jsonrpc !== '2.0') return undefined;
  if (typeof value.method !== 'string') return 'result' in value || 'error' in value ? 'response' : undefined;
  if (value.params !== undefined && !isRecord(value.params)) return undefined;
  if (!('id' in value)) return 'notification';
  return isId(value.id) ? 'request' : undefined;
}
