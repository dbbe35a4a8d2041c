/** What the page of the views has to know. */
export interface ViewHostSettings {
  readonly mcpUrl: string;
  readonly tokenUrl: string;
  /** The secret of every machine client. */
  readonly machineSecret: string;
  readonly organizations: readonly string[];
  /** The page that holds a view's frame: it has another origin than the host. */
  readonly sandbox: string;
}
