/** The part of dynalite that is used here; it ships no types of its own. */
declare module 'dynalite' {
  import type { Server } from 'node:http';

  interface DynaliteOptions {
    /** Folder of the LevelDB store; in memory without it. */
    readonly path?: string;
    /** Milliseconds that a new table stays in CREATING. */
    readonly createTableMs?: number;
  }

  /** @returns a server that does not listen yet; closing it closes the store too */
  export default function dynalite(options?: DynaliteOptions): Server;
}
