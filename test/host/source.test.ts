import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitSource, previousTag } from '../../packages/host/src/cli/git.ts';

let folder: string;
const env = { PATH: process.env.PATH, HOME: tmpdir(), USER: 'ada' };
const git = (...argv: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], {
    cwd: folder,
    encoding: 'utf8',
  }).trim();
const commit = (message: string) => {
  git('commit', '-q', '--allow-empty', '-m', message);
  return git('rev-parse', 'HEAD');
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'source-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the source of a checkout', () => {
  it('is its commit, branch and remote', async () => {
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'git@git.example:lab/models.git');
    const hash = commit('one');
    expect(await gitSource(folder, env, 'me/1')).toMatchObject({
      repository: 'https://git.example/lab/models',
      commit: hash,
      ref: 'refs/heads/main',
      actor: 'ada',
      invocation: 'me/1',
    });
    git('checkout', '-q', '--detach');
    expect((await gitSource(folder, env, 'me/1')).ref).toBeUndefined();
  });

  it('is the folder alone outside git, and before the first commit', async () => {
    const outside = await gitSource(folder, env, 'me/1');
    expect(outside).toMatchObject({ repository: folder, commit: undefined, ref: undefined });
    git('init', '-q', '-b', 'main');
    expect((await gitSource(folder, env, 'me/1')).commit).toBeUndefined();
  });

  it('has the tag before a tag, where there is one', async () => {
    git('init', '-q', '-b', 'main');
    const first = commit('one');
    git('tag', 'v1.0.0');
    commit('two');
    const third = commit('three');
    git('tag', 'v1.1.0');
    expect(await previousTag(folder, third, env)).toBe('v1.0.0');
    expect(await previousTag(folder, first, env)).toBeUndefined();
  });
});
