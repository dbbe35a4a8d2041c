/** A file as it is stored. */
export interface StoredFile {
  /** In bytes. */
  readonly size: number;
  /** Undefined for a file that is larger than was asked for. */
  readonly bytes: Buffer | undefined;
}

/** A link that opens one file, for anybody who has it, until a moment a few minutes from now. */
export interface FileLink {
  readonly url: string;
  readonly validUntil: Date;
}

/** The files of one organization's attachments, by the attachments' ids. */
export interface FileStore {
  /**
   * @param longest the bytes that are read at most
   * @returns undefined when no file is stored
   * @throws {Error} when the store cannot be used
   */
  find(id: string, longest: number): Promise<StoredFile | undefined>;
  /** Makes a link under which the file is downloaded with this name and type. It does not look whether there is a file. */
  link(id: string, file: { name: string; mimeType: string }): Promise<FileLink>;
}
