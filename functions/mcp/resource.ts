import type { ScopeName } from '../../shared/edge.ts';
import type { ToolContext } from './tool.ts';

interface Description {
  name: string;
  title: string;
  description: string;
  mimeType: string;
}

/** A text that is the same for every caller: it reads no books, so it needs no scope and no organization. */
export interface Resource extends Description {
  uri: string;
  read(): string;
}

/**
 * A family of texts about the books of one organization. The server takes a `?organization=` off the address before
 * it asks `match`, so no template has to know about organizations.
 */
export interface ResourceTemplate extends Description {
  /** RFC 6570, level 1: `finance://invoices/{invoiceId}`. */
  uriTemplate: string;
  scope: ScopeName;
  /** The decoded parameters when the address is one of this family, otherwise undefined. */
  match(uri: string): Record<string, string> | undefined;
  /** @throws {NotFound} when there is no such thing; its message reaches the client. */
  read(params: Record<string, string>, context: ToolContext): Promise<string>;
}
