import { GitValue, parseGitPlace } from '@sluice/traffic';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeployRepository } from '../rollback/deploy-repository.ts';
import { Stage } from './stage.ts';

const VALUES = '# what Argo CD follows\ncanary:\n  weight: 0   # percent\n';

let stage: Stage;
let repository: DeployRepository;
beforeEach(async () => {
  stage = await Stage.open();
  repository = await DeployRepository.open({ 'values.yaml': VALUES });
  Object.assign(stage.host.env, repository.env, { HOME: stage.folder });
});
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const target = () => `${repository.server}#main:values.yaml:canary.weight`;

/** Does what a controller does: the gateway follows the branch. */
async function following<T>(work: () => Promise<T>): Promise<T> {
  const value = new GitValue(parseGitPlace(target()), { env: repository.env, workspace: stage.folder });
  let over = false;
  const loop = (async () => {
    while (!over) {
      await stage.router.setWeight(Number((await value.read()).value));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  try {
    return await work();
  } finally {
    over = true;
    await loop;
  }
}

it('a canary whose share is a value under git goes to all users by commits, and back by one', async () => {
  const { start } = await stage.judged();
  const given = { ...start, router: 'argo-cd', target: target(), canary: stage.servers.canary.url };
  const { result, failures } = await stage.withUsers(() =>
    following(() => stage.step({ ...given, wait: 'true', 'wait-limit': '90s' })),
  );
  expect(result.outputs).toMatchObject({ decision: 'complete', weight: 100 });
  expect(failures).toEqual([]);
  expect(await repository.file('values.yaml')).toBe(VALUES.replace('weight: 0 ', 'weight: 100 ').trim());
  expect((await repository.log()).slice(0, -1)).toEqual(['canary: 50 % -> 100 %', 'canary: 0 % -> 50 %']);

  const back = {
    'run-id': start['run-id'] as string,
    router: 'argo-cd',
    target: target(),
    stable: stage.servers.stable.url,
  };
  for (const _ of [1, 2]) {
    const { outputs } = await stage.rollback({ ...back, verify: '1' });
    expect(outputs).toMatchObject({ 'rolled-back': true, verified: true });
    expect(outputs['duration-ms']).toBeGreaterThanOrEqual(0);
  }
  expect(await repository.file('values.yaml')).toBe(VALUES.trim());
  expect(await repository.log()).toHaveLength(4);
  // a person's later commit is not fought with upwards, and not left there
  await repository.commit({ 'values.yaml': VALUES.replace('weight: 0', 'weight: 30') });
  await stage.step({ router: 'argo-cd', target: target() });
  expect(await repository.file('values.yaml')).toBe(VALUES.trim());
});
