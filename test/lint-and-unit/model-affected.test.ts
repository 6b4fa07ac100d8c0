import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Source } from '@sluice/host';
import { testHost } from '@sluice/host/testing';
import { run } from '@sluice/process';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelAffected } from '../../actions/lint-and-unit/src/changes/affected.ts';
import { matcher } from '../../actions/lint-and-unit/src/changes/glob.ts';

/** Real git: a repository, and clones of it as CI hosts make them, with one commit of history. */
let root: string;
let origin: string;
const commits: Record<string, string> = {};
const patterns = ['src/train*', 'config*', '*.dvc', 'dvc.lock', 'data/**'];

async function git(folder: string, ...args: string[]): Promise<string> {
  const identity = [
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@sluice.example',
    '-c',
    'init.defaultBranch=main',
  ];
  const result = await run(['git', ...identity, ...args], { cwd: folder });
  if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

async function commit(name: string, files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(origin, file)), { recursive: true });
    await writeFile(join(origin, file), text);
  }
  await git(origin, 'add', '-A');
  await git(origin, 'commit', '-q', '-m', name);
  commits[name] = await git(origin, 'rev-parse', 'HEAD');
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-git-'));
  origin = join(root, 'origin');
  await mkdir(origin);
  await git(origin, 'init', '-q');
  await git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  await commit('first', { 'src/train.py': '1', 'README.md': '1' });
  await git(origin, 'tag', 'v1.0.0');
  await commit('docs', { 'README.md': '2', '文档/说明.md': '1' });
  await git(origin, 'tag', 'v1.1.0');
  await git(origin, 'tag', 'web/v9.0.0');
  await git(origin, 'checkout', '-q', '-b', 'feature', commits.first as string);
  await commit('feature', { 'README.md': '3' });
  await git(origin, 'checkout', '-q', 'main');
  await commit('model', { '数据/训练.jsonl.dvc': 'md5: 1' });
  await git(origin, 'tag', 'v1.2.0');
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A clone with a commit checked out, and only that one unless `depth` says otherwise. */
async function clone(name: string, depth: number | 'all' = 1): Promise<string> {
  const folder = await mkdtemp(join(root, 'clone-'));
  await git(folder, 'init', '-q');
  await git(folder, 'remote', 'add', 'origin', `file://${origin}`);
  const history = depth === 'all' ? [] : [`--depth=${depth}`];
  await git(folder, 'fetch', '-q', '--no-tags', ...history, 'origin', commits[name] as string);
  await git(folder, 'checkout', '-q', 'FETCH_HEAD');
  return folder;
}

async function decide(
  workspace: string,
  source: Partial<Source>,
  options: { base?: string; mayFetch?: boolean } = {},
) {
  using host = testHost({ workspace, env: process.env });
  Object.assign(host.source, source);
  return modelAffected({ patterns, base: options.base, mayFetch: options.mayFetch ?? true }, host);
}

describe('a push', () => {
  it('is compared with the commit before it, which is fetched', async () => {
    const docs = await clone('docs');
    expect(await decide(docs, { event: 'push', before: commits.first })).toEqual({
      affected: false,
      because: expect.stringMatching(/none of the 2 files changed since .* the commit before this push/),
    });
    expect(await decide(await clone('model'), { event: 'push', before: commits.docs })).toEqual({
      affected: true,
      because: expect.stringContaining('数据/训练.jsonl.dvc'),
    });
  });

  it('affects the model where the commit before it is unknown, gone, or may not be fetched', async () => {
    const docs = await clone('docs');
    const source = { event: 'push', before: commits.first } as const;
    expect(await decide(docs, { event: 'push', before: undefined })).toMatchObject({
      affected: true,
      because: expect.stringContaining('names no commit'),
    });
    expect(await decide(docs, { event: 'push', before: '1'.repeat(40) })).toMatchObject({
      affected: true,
      because: expect.stringContaining('could not be fetched'),
    });
    expect(await decide(docs, source, { mayFetch: false })).toMatchObject({ affected: true });
    expect(await decide(docs, source)).toMatchObject({ affected: false });
  });
});

describe('a pull or merge request', () => {
  it('is compared with the merge base: what the target got meanwhile does not count', async () => {
    const feature = await clone('feature', 'all');
    const source = { event: 'pull-request', before: commits.model, targetBranch: 'main' } as const;
    await git(feature, 'fetch', '-q', 'origin', 'main');
    expect(await decide(feature, source)).toEqual({
      affected: false,
      because: expect.stringContaining('the merge base with main'),
    });
  });

  it('in a shallow clone shows more changes, never fewer, and says so', async () => {
    const source = { event: 'pull-request', before: commits.model, targetBranch: 'main' } as const;
    expect(await decide(await clone('feature'), source)).toEqual({
      affected: true,
      because: expect.stringContaining('too shallow'),
    });
  });

  it('finds the target branch by its name where the host gives no commit', async () => {
    const feature = await clone('feature');
    expect(await decide(feature, { event: 'pull-request', targetBranch: 'main' })).toMatchObject({
      affected: true,
    });
    expect(await decide(feature, { event: 'pull-request', targetBranch: 'absent' })).toMatchObject({
      affected: true,
      because: expect.stringContaining("'absent' is not here"),
    });
  });
});

describe('a tag', () => {
  it('is compared with the tag before it, of the same name', async () => {
    const tagged = (ref: string) => ({ event: 'tag', ref: `refs/tags/${ref}` }) as const;
    expect(await decide(await clone('docs'), tagged('v1.1.0'))).toEqual({
      affected: false,
      because: expect.stringContaining('the previous tag v1.0.0'),
    });
    expect(await decide(await clone('model'), tagged('v1.2.0'))).toMatchObject({
      affected: true,
      because: expect.stringContaining('v1.1.0'),
    });
    expect(await decide(await clone('first'), tagged('v1.0.0'))).toMatchObject({
      affected: true,
      because: "there is no tag before 'v1.0.0'",
    });
  });
});

describe('anything else', () => {
  it('affects the model, and says why', async () => {
    const docs = await clone('docs');
    for (const event of ['schedule', 'manual', 'other'] as const)
      expect(await decide(docs, { event })).toMatchObject({ affected: true });
    const nowhere = await mkdtemp(join(root, 'empty-'));
    expect(await decide(nowhere, { event: 'push', before: commits.first })).toMatchObject({
      affected: true,
      because: expect.stringContaining('no git checkout'),
    });
  });

  it('is compared with `base` where that is given', async () => {
    const docs = await clone('docs');
    expect(await decide(docs, { event: 'schedule' }, { base: 'v1.0.0' })).toMatchObject({ affected: false });
    expect(await decide(docs, { event: 'manual' }, { base: commits.first as string })).toMatchObject({
      affected: false,
    });
    expect(await decide(docs, { event: 'manual' }, { base: '--upload-pack=evil' })).toMatchObject({
      affected: true,
    });
  });
});

describe('patterns', () => {
  it('match exactly what git’s own matching of a .gitignore matches', async () => {
    const folder = await mkdtemp(join(root, 'ignore-'));
    await git(folder, 'init', '-q');
    const name = fc.stringMatching(/^[ab.]{1,3}$/).filter((n) => !/^\.+$/.test(n));
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const part = fc.oneof(name, fc.constantFrom('*', '**', '?', 'a*', '*b', '[ab]', '[!a]', '*.b'));
    const pattern = fc
      .tuple(
        fc.constantFrom('', '', '/'),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '', '/'),
      )
      .map(([start, parts, end]) => start + parts.join('/') + end);
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { minLength: 5, maxLength: 30 }),
        pattern,
        async (paths, rule) => {
          await writeFile(join(folder, '.gitignore'), `${rule}\n`);
          const told = await run(['git', 'check-ignore', '--no-index', '-z', '--stdin'], {
            cwd: folder,
            stdin: paths.join('\0'),
          });
          expect({ rule, matched: paths.filter(matcher([rule])) }).toEqual({
            rule,
            matched: told.stdout.split('\0').filter((p) => p !== ''),
          });
        },
      ),
      { numRuns: 150 },
    );
  });
});
