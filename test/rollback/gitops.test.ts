import { GitValue, openRouter, parseGitPlace } from '@sluice/traffic';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeployRepository } from './deploy-repository.ts';

const VALUES = `# the chat service
canary:
  weight: 0   # percent of the users
stable:
  replicas: 3
`;

let repository: DeployRepository;
beforeEach(async () => {
  repository = await DeployRepository.open({ 'values.yaml': VALUES });
});
afterEach(async () => await repository[Symbol.asyncDispose]());

const target = () => `${repository.server}#main:values.yaml:canary.weight`;
const router = () => openRouter({ kind: 'argo-cd', target: target(), env: repository.env });
const value = (path: string) =>
  new GitValue(parseGitPlace(`${repository.server}#main:values.yaml:${path}`), {
    env: repository.env,
    workspace: repository.folder,
  });

describe('a weight under git', () => {
  it('is moved by a commit that changes nothing else', async () => {
    const moved = await router();
    expect(await moved.weight()).toBe(0);
    await moved.setWeight(25);
    expect(await moved.weight()).toBe(25);
    expect(await repository.file('values.yaml')).toBe(VALUES.replace('weight: 0 ', 'weight: 25 ').trim());
    expect(await repository.log()).toEqual(['canary: 0 % -> 25 %', 'by hand']);
    await moved.setWeight(25);
    expect(await repository.log()).toHaveLength(2);
  });

  it('goes onto what somebody else pushed meanwhile, and keeps it', async () => {
    const moved = await router();
    await repository.commit({
      'values.yaml': VALUES.replace('replicas: 3', 'replicas: 5'),
      'other.txt': 'x',
    });
    await moved.setWeight(5);
    const now = await repository.file('values.yaml');
    expect(now).toMatch(/weight: 5 [\s\S]*replicas: 5/);
    expect(await repository.file('other.txt')).toBe('x');
  });

  it('is not raised by a step that was frozen while it was taken back, nor where it came back to what it was', async () => {
    const frozen = await router();
    await frozen.setWeight(25);
    const rollback = await router();
    await rollback.setWeight(0);
    await expect(frozen.setWeight(50)).rejects.toMatchObject({ exitCode: 4 });
    expect(await (await router()).weight()).toBe(0);

    const old = await router();
    await repository.commit({ 'values.yaml': VALUES.replace('weight: 0', 'weight: 9') });
    await repository.commit({ 'values.yaml': VALUES });
    await expect(old.setWeight(50)).rejects.toThrow(/somebody else changed it/);
    expect((await repository.log())[0]).toBe('by hand');
  });

  it('loses no change where six steps push at once', async () => {
    const keys = Array.from({ length: 6 }, (_, i) => `k${i}`);
    await repository.commit({ 'values.yaml': `${VALUES}${keys.map((key) => `${key}: 0\n`).join('')}` });
    const done = await Promise.all(
      keys.map((key, i) =>
        value(key).change(
          () => i + 1,
          (from, to) => `${key}: ${from} -> ${to}\n`,
        ),
      ),
    );
    expect(done.every(({ changed }) => changed)).toBe(true);
    const now = await repository.file('values.yaml');
    for (const [i, key] of keys.entries()) expect(now).toContain(`${key}: ${i + 1}`);
    expect(await repository.log()).toHaveLength(8);
  });

  it('is decided anew where somebody pushed between reading and pushing', async () => {
    // the server takes another push first, once
    await repository.commit({ 'next.yaml': VALUES.replace('weight: 0', 'weight: 70') });
    const theirs = await repository.git(['rev-parse', 'HEAD']);
    const tree = await repository.git(['ls-tree', theirs, 'next.yaml']);
    const blob = tree.split(/\s+/)[2];
    await repository.beforePush(`
      test -e done && exit 0
      unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
      touch done; export GIT_INDEX_FILE=race GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a
      git read-tree main && git update-index --cacheinfo 100644,${blob},values.yaml
      git update-ref refs/heads/main $(git commit-tree $(git write-tree) -p main -m theirs)`);
    const seen: unknown[] = [];
    const change = value('canary.weight').change(
      ({ value: now }) => {
        seen.push(now);
        return now === 0 ? 10 : undefined;
      },
      () => 'ours',
    );
    expect(await change).toMatchObject({ changed: false, value: 70 });
    expect(seen).toEqual([0, 70]);
    expect((await repository.log())[0]).toBe('theirs');
  });

  it.each([
    ['a branch that is not there', '#gone:values.yaml:canary.weight', 2, /no branch gone/],
    ['a file that is not there', '#main:gone.yaml:canary.weight', 2, /no file gone\.yaml/],
    ['a path that is not there', '#main:values.yaml:canary.share', 2, /nothing at canary\.share/],
    ['no share', '#main:values.yaml:stable.replicas.x', 2, /nothing at/],
  ] as const)('%s is said before anything moves', async (_, rest, exitCode, message) => {
    const error = await openRouter({
      kind: 'argo-cd',
      target: repository.server + rest,
      env: repository.env,
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode });
    expect(String(error)).toMatch(message);
  });

  it('of a server that is not there is an answer that did not come', async () => {
    const error = await openRouter({
      kind: 'argo-cd',
      target: '/nowhere.git#main:a.yaml:x',
      env: repository.env,
    }).catch((e: unknown) => e);
    expect(error).toMatchObject({ exitCode: 4 });
  });
});
