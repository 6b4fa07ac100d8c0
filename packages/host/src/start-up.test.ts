import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, '../..');

/** Everything that is read before an action begins: static imports only, from room to room; `import type` costs nothing. */
function staticImports(entry: string): Set<string> {
  const seen = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file; file = open.pop()) {
    const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    for (const [, types, from = ''] of code.matchAll(
      /^(?:import|export)\s+(type\s)?(?:[\w*{][^'";()=]*?\s*from\s+)?'([^']+)'/gm,
    )) {
      // `import { type X }` is still a read at run time (verbatimModuleSyntax)
      if (types) continue;
      const room = /^@sluice\/([a-z]+)$/.exec(from)?.[1];
      const next = room
        ? join(packages, room, 'src/index.ts')
        : from.startsWith('.')
          ? join(dirname(file), from)
          : from;
      if (seen.has(next)) continue;
      seen.add(next);
      if (next.endsWith('.ts') && existsSync(next)) open.push(next);
    }
  }
  return seen;
}

describe('the start of every action', () => {
  const read = [...staticImports(join(here, 'index.ts'))];

  it('reads the rooms it needs', () => {
    expect(read).toContain(join(here, 'github/platform.ts'));
    expect(read).toContain(join(packages, 'contract/src/index.ts'));
    expect(read).toContain('node:fs');
  });

  it.each([
    '@actions/',
    '@octokit/',
    'undici',
    'node:http',
    'node:https',
    'node:tls',
    join(packages, 'report'),
  ])('does not read %s, whose loading would be most of it', (heavy) => {
    expect(read.filter((module) => module === heavy || module.startsWith(`${heavy}`))).toEqual([]);
  });
});
