import type { Connection, Part } from './connections.ts';

/** The ways to connect as sections of a Markdown document. */
export function connectionsMarkdown(connections: readonly Connection[]): string {
  return connections
    .map(({ name, parts }) => [`## ${name}`, ...parts.map(markdown)].join('\n\n'))
    .join('\n\n');
}

function markdown(part: Part): string {
  switch (part.kind) {
    case 'prose':
      return part.text;
    case 'code':
      return `\`\`\`${part.language}\n${part.code}\n\`\`\``;
    case 'link':
      // Most Markdown viewers remove the target of links that open programs, so it is shown as text.
      return part.href.startsWith('https:')
        ? `[${part.label}](${part.href})`
        : `${part.label}:\n\n\`\`\`text\n${part.href}\n\`\`\``;
  }
}
