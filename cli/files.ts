import { hash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Bucket } from '../shared/files/bucket.ts';
import { Refusal } from '../shared/ledger/errors.ts';
import type { Attachment } from '../shared/ledger/kinds/attachment.ts';
import { writeRecords } from '../shared/store/writer.ts';
import { counted, quote } from '../shared/text.ts';
import { organizationOf, value } from './arguments.ts';
import { attachmentsOf } from './attachments.ts';
import { action, runCommand, tell } from './command.ts';
import { storeOf, storeOptions, storeUsage } from './location.ts';
import { withFiles } from './store.ts';

/*
 * npm run files: stores the files of attachments whose records are in the books. See docs/import.md.
 */

/** Bytes that a record can state. */
const largestFile = 100_000_000;

/** Types by the ending of a file's name, for the files that businesses keep. */
const typesByEnding: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.gif': 'image/gif',
  '.heic': 'image/heic',
  '.html': 'text/html',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tif': 'image/tiff',
  '.tiff': 'image/tiff',
  '.txt': 'text/plain',
  '.webp': 'image/webp',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.zip': 'application/zip',
};

/** What became of one file. */
type Outcome =
  | { readonly file: string; readonly is: 'stored' | 'unchanged'; readonly attachment: Attachment }
  | { readonly file: string; readonly is: 'refused'; readonly why: string };

const files = action(
  { argument: 'FOLDER', options: { ...storeOptions, org: value } },
  async (values, folder) => {
    const organization = organizationOf(values.org);
    const names = await filesIn(folder);
    const outcomes = await withFiles(storeOf(values), async (table, bucket) => {
      const find = finderOf(await attachmentsOf(table, organization));
      const outcomes: Outcome[] = [];
      const taken = new Set<string>();
      for (const name of names) {
        const outcome = await storeFile({
          bucket,
          organization,
          path: join(folder, name),
          name,
          found: find(name),
          taken,
        });
        if (outcome.is === 'refused') tell(`${quote(name)}: ${outcome.why}`);
        outcomes.push(outcome);
      }
      // Last: a record never states a file that is not there yet. Interrupted before, the command is repeated.
      const records = outcomes.flatMap((outcome) => (outcome.is === 'stored' ? [outcome.attachment] : []));
      if (records.length > 0) await writeRecords({ table, organization, records });
      return outcomes;
    });
    const count = (is: Outcome['is']) => outcomes.filter((outcome) => outcome.is === is).length;
    const [stored, unchanged, refused] = [count('stored'), count('unchanged'), count('refused')];
    return {
      text: `Stored ${counted(stored, 'file')} of "${organization}"; ${unchanged.toLocaleString('en')} already stored, ${refused.toLocaleString('en')} refused.`,
      json: {
        organization,
        stored,
        unchanged,
        refused,
        files: outcomes.map((outcome) =>
          outcome.is === 'refused' ? outcome : { ...outcome, attachment: outcome.attachment.id },
        ),
      },
      notDone: refused > 0,
    };
  },
);

/** The files in a folder by name, without those below it and the hidden ones. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
    if (names.length === 0) throw new Refusal(`The folder ${quote(folder)} has no files.`);
    return names.map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal(`The folder ${quote(folder)} cannot be read (${code}).`);
  }
}

/** Finds the attachments that a file's name means: the one with that id, otherwise those with that name. */
function finderOf(attachments: readonly Attachment[]): (name: string) => readonly Attachment[] {
  const byId = new Map(attachments.map((attachment) => [attachment.id.normalize('NFC'), attachment]));
  const byName = Map.groupBy(attachments, ({ name }) => name.normalize('NFC'));
  return (given) => {
    const name = given.normalize('NFC');
    const exact = byId.get(name);
    return exact ? [exact] : (byName.get(name) ?? []);
  };
}

interface Storing {
  readonly bucket: Bucket;
  readonly organization: string;
  readonly path: string;
  readonly name: string;
  /** The attachments that the name can mean. */
  readonly found: readonly Attachment[];
  /** The attachments for which this folder had a file; this one is added. */
  readonly taken: Set<string>;
}

/** Stores one file, unless it is stored already and its record says so. */
async function storeFile({ bucket, organization, path, name, found, taken }: Storing): Promise<Outcome> {
  const refused = (why: string): Outcome => ({ file: name, is: 'refused', why });
  const [attachment, another] = found;
  if (!attachment) return refused('no attachment in the books has this id or name.');
  if (another) {
    return refused(
      `several attachments have this name: rename the file to the id of one, such as ${quote(attachment.id)}.`,
    );
  }
  if (taken.has(attachment.id)) {
    return refused(`another file in the folder is that of the attachment ${quote(attachment.id)}.`);
  }
  taken.add(attachment.id);
  const { size } = await stat(path);
  if (size === 0) return refused('the file is empty.');
  if (size > largestFile) {
    return refused(
      `the file has ${size.toLocaleString('en')} bytes: expected at most ${largestFile.toLocaleString('en')}.`,
    );
  }
  const bytes = await readFile(path);
  const stated: Attachment = {
    ...attachment,
    mimeType: typesByEnding[extname(attachment.name).toLowerCase()] ?? attachment.mimeType,
    bytes: bytes.length,
    sha256: hash('sha256', bytes),
  };
  const stored = await bucket.filesOf(organization).find(attachment.id, largestFile);
  const isThere = stored?.bytes?.equals(bytes) ?? false;
  if (!isThere) await bucket.put(organization, attachment.id, { bytes, mimeType: stated.mimeType });
  const { mimeType, bytes: length, sha256 } = attachment;
  const isStated = mimeType === stated.mimeType && length === stated.bytes && sha256 === stated.sha256;
  return { file: name, is: isThere && isStated ? 'unchanged' : 'stored', attachment: stated };
}

await runCommand({
  name: 'npm run files',
  usage: `--org ID ${storeUsage} [--json] FOLDER`,
  help: `Stores the files of attachments whose records have been imported. In FOLDER, a file is named like the id or the name of its attachment. See docs/import.md.
The records are updated with the size, the SHA-256 and, where the name's ending tells it, the type of the file. It can be repeated.
With --table, the environment variable FILES_BUCKET names the bucket.
  --json    prints the report as one JSON object`,
  outcomes: {
    done: 'every file is stored',
    notDone: 'some files were refused',
    unusable: 'the store cannot be used',
  },
  action: files,
});
