import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root, versionOf } from '../../scripts/project.ts';

const major = (action: string) => versionOf(action).split('.')[0];
const tagOf = (action: string) => `${action}/v${versionOf(action)}`;
const nextPatch = (action: string) => versionOf(action).replace(/\d+$/, (patch) => String(Number(patch) + 1));

let folder: string;
let clone: string;

async function inClone(...argv: string[]): Promise<string> {
  const result = await run(argv, {
    cwd: clone,
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    },
  });
  expect(result.code, result.tail.join('\n')).toBe(0);
  return result.stdout;
}
const git = (...args: string[]) => inClone('git', ...args);
const node = (script: string, ...args: string[]) => inClone(process.execPath, script, ...args);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-release-'));
  clone = join(folder, 'clone');
  await run(['git', 'clone', '--quiet', root, clone]);
  for (const tag of (await git('tag')).split('\n').filter(Boolean)) await git('tag', '--delete', tag);
  // what is not committed yet is tested too
  for (const part of ['scripts', '.changeset', 'actions', 'packages', 'cli']) {
    cpSync(join(root, part), join(clone, part), {
      recursive: true,
      filter: (from) => !from.includes('node_modules'),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'));
  writeFileSync(join(clone, '.git', 'info', 'exclude'), 'node_modules\n');
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'the tree');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('releases each action once, as one commit that holds only what runs', async () => {
  expect(await node('scripts/release/apply.ts')).toContain(
    `${tagOf('eval-gate')}, moving eval-gate/v${major('eval-gate')}`,
  );
  expect(await git('tag')).toBe('');

  await node('scripts/release/apply.ts', '--apply');
  expect((await git('tag')).split('\n')).toEqual(
    expect.arrayContaining([tagOf('quantize'), `quantize/v${major('quantize')}`, tagOf('rollback')]),
  );
  const commit = await git('rev-parse', `${tagOf('quantize')}^{commit}`);
  expect(await git('rev-parse', `quantize/v${major('quantize')}^{commit}`)).toBe(commit);
  const files = (await git('ls-tree', '-r', '--name-only', tagOf('quantize'))).trim().split('\n');
  expect(files).toContain('actions/quantize/action.yml');
  expect(files.filter((file) => /^(packages|scripts|test|actions\/(?!quantize\/))|\.ts$/.test(file))).toEqual(
    [],
  );
  expect(await git('status', '--porcelain')).toBe('');

  expect(await node('scripts/release/apply.ts', '--apply')).toContain('Nothing to release');
});

it('a change in a shared room releases its dependents and no others, told in its own words', async () => {
  const summary = 'Intervals of sparse shares are exact up to 3,000 items.';
  writeFileSync(join(clone, '.changeset', 'one.md'), `---\n"@sluice/statistics": minor\n---\n\n${summary}\n`);
  await node('node_modules/@changesets/cli/bin.js', 'version');
  const log = (action: string) => readFileSync(join(clone, 'actions', action, 'CHANGELOG.md'), 'utf8');
  // eval-gate reaches statistics through evaluation only
  for (const action of ['eval-gate', 'canary-step', 'rollback'])
    expect(log(action)).toContain(`## ${nextPatch(action)}\n\n### Patch Changes\n\n- ${summary}`);
  expect(log('lora-train')).not.toContain(nextPatch('lora-train'));

  await node('scripts/generate.ts');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'versions');
  expect((await node('scripts/release/apply.ts')).trim().split('\n').slice(0, -1)).toEqual(
    ['canary-step', 'eval-gate', 'rollback'].map(
      (action) => `${action}/v${nextPatch(action)}, moving ${action}/v${major(action)}`,
    ),
  );
});
