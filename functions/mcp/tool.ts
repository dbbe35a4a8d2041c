import type * as z from 'zod';
import type { ScopeName } from '../../shared/edge.ts';
import type { FileStore } from '../../shared/files/file-store.ts';
import { type Day, dayInZone } from '../../shared/ledger/dates.ts';
import { NotFound, Refusal } from '../../shared/ledger/errors.ts';
import { assumedProfile, type BusinessProfile } from '../../shared/ledger/kinds/business.ts';
import type { ListedName } from '../../shared/ledger/kinds/index.ts';
import type { LedgerReader } from '../../shared/ledger/reader.ts';
import type { Download } from './attachment.ts';
import { missingScopeSentence } from './rejection.ts';

/** What a tool may use: the books of the one organization that the call is about, and that organization's calendar. */
export interface ToolContext {
  reader: LedgerReader;
  /** The files of its attachments; undefined where no files are kept. */
  files?: FileStore;
  /** The organization's profile, or the assumed one while none has been imported. */
  profile: BusinessProfile;
  /** False while no business profile has been imported and `profile` is assumed. */
  profileKnown: boolean;
  today: Day;
  /** What the caller may read: what is not granted is left out of an answer that has other parts. */
  scopes: readonly ScopeName[];
  /** The addresses of resources have to name the organization, because the caller has several. */
  severalOrganizations?: boolean;
}

/** Something was asked for that the token does not allow. */
export class MissingScope extends Refusal {
  override name = 'MissingScope';
  readonly scope: ScopeName;

  constructor(scope: ScopeName) {
    super(missingScopeSentence(scope));
    this.scope = scope;
  }
}

/**
 * A record that the token does not show. Its message is that of a record that does not exist, so that nobody learns
 * that it does; only the audit record tells the two apart.
 */
export class Withheld extends NotFound {
  override name = 'Withheld';
}

/** Where books come from: readers that are made for one organization, its files, and the clock. */
export interface Library {
  openReader(organization: string): Promise<LedgerReader>;
  /** Left out where no files are kept. */
  openFiles?(organization: string): Promise<FileStore>;
  now(): Date;
}

/** Everything that a question about an organization needs. Its profile is read, because it decides what "today" is. */
export async function openBooks(
  { openReader, openFiles, now }: Library,
  organization: string,
  scopes: readonly ScopeName[],
): Promise<ToolContext> {
  const reader = await openReader(organization);
  const profile = await reader.single('business');
  const assumed = profile ?? assumedProfile(organization);
  return {
    reader,
    ...(openFiles && { files: await openFiles(organization) }),
    profile: assumed,
    profileKnown: profile !== undefined,
    today: dayInZone(now(), assumed.timeZone),
    scopes,
  };
}

/** A tool's structured content. The organization that it is about is added by the server. */
export interface Answer {
  content: Record<string, unknown>;
  /** How many rows of the books are in it, for the audit record. */
  rows: number;
  /** The file that it is about, if the question asks for one. */
  download?: Download;
}

type Arguments = z.ZodObject<z.ZodRawShape, z.core.$strict>;

/**
 * One question that the books answer: its whole public contract and the function behind it.
 * `run` throws a `Refusal` for what it cannot answer as asked; its message reaches the model.
 */
export interface Tool<Input extends Arguments = Arguments> {
  name: string;
  title: string;
  description: string;
  /** What it needs; of several, any one shows the tool, and it refuses what the others are for: see `MissingScope`. */
  scope: ScopeName | readonly ScopeName[];
  /** It is listed where the books have records of any of these kinds; without them, always. */
  kinds?: readonly ListedName[];
  /** Made when it is first needed: most requests call one tool, and need no other's. */
  input(): Input;
  /** JSON Schema of the structured content. */
  output: Record<string, unknown>;
  run(args: z.output<Input>, context: ToolContext): Promise<Answer>;
}

/** The scopes of which a tool needs any one. */
export const scopesOf = ({ scope }: Pick<Tool, 'scope'>): readonly ScopeName[] => [scope].flat();

/** Whether a caller may use a tool. */
export const isGranted = (tool: Pick<Tool, 'scope'>, { scopes }: { scopes: readonly ScopeName[] }): boolean =>
  scopesOf(tool).some((scope) => scopes.includes(scope));

/** Keeps a tool's argument types while it is written, gives it the type that the registry holds, and makes its input once. */
export function defineTool<const Input extends Arguments>(tool: Tool<Input>): Tool {
  let input: Input | undefined;
  const made: Tool<Input> = {
    ...tool,
    input() {
      input ??= tool.input();
      return input;
    },
  };
  return made as unknown as Tool;
}
