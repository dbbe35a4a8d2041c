/** A small value that is kept on disk as one JSON file. */

import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface JsonFile<Value> {
  /** The value that was written last, or undefined when there is none yet. */
  read(): Promise<Value | undefined>;
  /** Replaces the value. The file holds the old one or the new one at any moment, never a part. */
  write(value: Value): Promise<void>;
}

/** @param path of the file. Its folder is created if needed. Only the owner can read it: the values are secrets. */
export function jsonFile<Value>(path: string): JsonFile<Value> {
  let lastWrite = Promise.resolve();

  async function replace(text: string): Promise<void> {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.draft`;
    await writeFile(draft, text, { mode: 0o600 });
    await rename(draft, path);
  }

  return {
    async read() {
      let text: string;
      try {
        text = await readFile(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        return JSON.parse(text) as Value;
      } catch {
        throw new Error(`${path} is not valid JSON. Restore it, or delete it to start over.`);
      }
    },
    write(value) {
      const text = JSON.stringify(value);
      // One after the other: two writers would mix up the draft, and the later value must win.
      const write = lastWrite.then(() => replace(text));
      lastWrite = write.catch(() => undefined);
      return write;
    },
  };
}
