import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { tools } from '../../functions/mcp/tools/index.ts';
import { buildTools } from '../runtime/runtime-client.ts';

/* What the guides tell people to type and to follow is there. */

const root = join(import.meta.dirname, '../..');
const guides = ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root })];
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

interface Typed {
  readonly guide: string;
  readonly script: string;
  /** What follows the command on its line. */
  readonly rest: string;
}

const typed: readonly Typed[] = guides.flatMap((guide) =>
  [...textOf(guide).matchAll(/npm (?:run (?:--silent |-s )?(\w[\w-]*)|(start|test))([^`\n|#]*)/g)].map(
    ([, script, short, rest = '']) => ({ guide, script: script ?? short ?? '', rest }),
  ),
);

test('every script that a guide names exists', () => {
  assert.ok(typed.length > 40);
  for (const { guide, script } of typed) assert.ok(scripts[script], `${guide}: npm run ${script}`);
});

test('the README names every tool', () => {
  for (const { name } of tools) assert.ok(textOf('README.md').includes(`\`${name}\``), name);
});

const commands = [
  'organizations',
  'accounts',
  'machine-clients',
  'import',
  'export',
  'files',
  'verify',
  'smoke',
  'deploy',
];

test('every command is there to be tested', () => {
  const ran = Object.entries(scripts).filter(([, line]) => line.startsWith('node cli/'));
  assert.deepEqual(ran.map(([name]) => name).sort(), [...commands].sort());
});

for (const command of commands) {
  test(`what the guides tell people to do with ${command}, it knows`, () => {
    const [help, short] = ['--help', '-h'].map(
      (flag) =>
        spawnSync(process.execPath, [`cli/${command}.ts`, flag], { cwd: root, encoding: 'utf8' }).stdout,
    );
    assert.ok(help);
    assert.equal(short, help, '-h is --help');
    const uses = typed.filter(({ script, rest }) => script === command && rest.startsWith(' -- '));
    assert.ok(uses.length > 0);
    for (const { guide, rest } of uses) {
      const words = rest.slice(' -- '.length).split(/\s+/);
      const subcommands = ['organizations', 'accounts', 'machine-clients'].includes(command)
        ? words.slice(0, 1)
        : [];
      const options = words.filter((word) => /^--[a-z]/.test(word) && word !== '--help');
      for (const word of [...subcommands, ...options]) {
        assert.match(help, new RegExp(`${word}\\b`), `${guide}: npm run ${command}${rest}`);
      }
    }
  });
}

/** The anchors that GitHub gives to headings. */
const anchorsOf = (markdown: string): string[] =>
  [...markdown.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );

test('every link between the guides leads to a file and a heading that exist', () => {
  for (const guide of guides) {
    for (const [, target = ''] of textOf(guide).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? guide : join(dirname(guide), path);
      assert.ok(existsSync(join(root, file)), `${guide}: ${target}`);
      if (anchor !== undefined) assert.ok(anchorsOf(textOf(file)).includes(anchor), `${guide}: ${target}`);
    }
  }
});

/** Whether a range of versions, as packages write them, begins with a major version or below. */
const admits = (range: string, major: number): boolean =>
  range.split('||').some((part) => {
    const [, operator, least] = /^\s*(>=|\^|~)?\s*(\d+)?/.exec(part) ?? [];
    return least === undefined || (operator === '>=' ? Number(least) <= major : Number(least) === major);
  });

test('the Node that the README promises to work with installs every package without a warning', () => {
  const promised = Number(/Node (\d+) or later/.exec(textOf('README.md'))?.[1]);
  const { packages } = JSON.parse(textOf('package-lock.json')) as {
    packages: Record<string, { engines?: { node?: string } }>;
  };
  const refusing = Object.entries(packages)
    .filter(([, { engines }]) => !admits(engines?.node ?? '*', promised))
    .map(([name, { engines }]) => `${name}: ${engines?.node}`);
  assert.deepEqual(refusing, []);
  assert.equal(packages['']?.engines?.node, `>=${promised}.0.0`);
});

test('the build machine is given what Lambda’s runtime client is built with, and nothing else', () => {
  const [, installed = ''] = /^for tool in (.+); do$/m.exec(textOf('.ci/run')) ?? [];
  assert.deepEqual(installed.split(' ').sort(), Object.keys(buildTools).sort());
});
