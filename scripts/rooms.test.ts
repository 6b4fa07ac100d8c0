import { describe, expect, it } from 'vitest';
import { circles, ownImports } from './circles.ts';
import { importsOf, rooms } from './rooms.ts';

const all = rooms();
const room = (name: string) => all.find((r) => r.name === `@sluice/${name}`);

describe('rooms', () => {
  it.each(all)(
    '$name declares what it imports, and nothing else: a change in a room releases exactly its dependents',
    ({ declared, imported }) => {
      expect(declared).toEqual(imported.filter((name) => !name.startsWith('node:')));
    },
  );

  it.each(all.filter(({ folder }) => folder.startsWith('packages/')))(
    '$name imports no action',
    ({ imported }) => {
      expect(imported.filter((name) => name.startsWith('@sluice/action-') || name === '@sluice/cli')).toEqual(
        [],
      );
    },
  );

  // a digest is arithmetic; reading a file, a clock or a network is not
  it.each(['contract', 'statistics', 'rollout', 'engines', 'report'])('%s does no I/O', (name) => {
    expect(room(name)?.imported.filter((i) => i.startsWith('node:') && i !== 'node:crypto')).toEqual([]);
  });

  it('only process starts programs', () => {
    expect(
      all.filter(({ imported }) => imported.includes('node:child_process')).map(({ name }) => name),
    ).toEqual(['@sluice/process']);
  });
});

describe('files', () => {
  it('import each other in no circle, types included', () => {
    const imports = ownImports();
    expect(imports.get('cli/src/main.ts')?.length).toBeGreaterThan(0);
    expect(circles(imports)).toEqual([]);
  });

  it('that do are found, with the way round', () => {
    const imports = new Map([
      ['a', ['b', 'c']],
      ['b', ['c']],
      ['c', ['d']],
      ['d', ['b']],
      ['e', ['a', 'e']],
    ]);
    expect(circles(imports)).toEqual([
      ['b', 'c', 'd', 'b'],
      ['e', 'e'],
    ]);
  });
});

describe('importsOf', () => {
  it('sees every form of import, and no text that looks like one', () => {
    const source = `import { a } from 'zod/mini';\nimport type * as b from '@sluice/contract';\nexport { c } from 'node:fs';\nimport {\n  d,\n  e,\n} from '@x/y/z';\nconst f = await import('yaml');\nimport './own.ts';\nconst text = "taken from 'nowhere'";`;
    expect(importsOf(source)).toEqual(['zod', '@sluice/contract', 'node:fs', '@x/y', 'yaml']);
  });
});
