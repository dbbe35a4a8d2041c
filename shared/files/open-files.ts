import type { ClientOf } from '../store/reader-clients.ts';
import { Bucket } from './bucket.ts';
import type { FileStore } from './file-store.ts';

/** The bucket, and the clients whose sessions can each read one organization's files. */
export interface FileLibrary {
  readonly bucketName: string;
  readonly clientOf: ClientOf;
  now(): Date;
}

/**
 * Opens the files of one organization, with the same session as its books. A link that this session signs opens no
 * other organization's files, whatever the key.
 */
export const filesOf =
  ({ bucketName, clientOf, now }: FileLibrary): ((organization: string) => Promise<FileStore>) =>
  async (organization) => {
    const { config } = clientOf(organization);
    return new Bucket({
      name: bucketName,
      region: await config.region(),
      endpoint: process.env.AWS_ENDPOINT_URL_S3,
      credentials: () => config.credentials(),
      now,
    }).filesOf(organization);
  };
