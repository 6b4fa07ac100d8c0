import { newTarget } from '@sluice/rollout';
import type { StateCell } from '@sluice/store';
import type { RouterState } from '@sluice/traffic';
import { expect, it } from 'vitest';
import { placeOf } from './place.ts';

const holding = (target: string): StateCell => ({
  where: 'file:/ci/canary.json',
  read: async () => ({ value: newTarget(target), token: 'one' }),
  compareAndSet: async () => ({ ok: false, current: undefined }),
});

it.each([
  ['unix:/run/a.sock?frontend=users&var=canary', 'unix:/run/a.sock?frontend=users&var=canary'],
  ['unix:/run/a.sock?frontend=users', 'unix:/run/a.sock?frontend=users&file=/etc/haproxy/sluice.cfg'],
  ['unix:/run/a.sock', 'unix:/run/a.sock?frontend=users&var=canary'],
  ['llm/HTTPRoute/qwen?segments=exact', 'llm/httproute/qwen'],
])('the state of %s is the one of %s', async (kept, given) => {
  expect((await placeOf(holding(kept), given).read()).state.target).toBe(kept);
});

it.each([
  ['unix:/run/a.sock', 'unix:/run/b.sock'],
  ['unix:/run/a.sock?var=one', 'unix:/run/a.sock?var=two'],
  ['unix:/run/a.sock?frontend=chat', 'unix:/run/a.sock?frontend=users'],
  ['llm/HTTPRoute/qwen', 'llm/HTTPRoute/qwen-copy'],
  ['llm/HTTPRoute/qwen?context=eu', 'llm/HTTPRoute/qwen?context=us'],
])('the state of %s moves nobody on %s', async (kept, given) => {
  await expect(placeOf(holding(kept), given).read()).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(`/ci/canary.json holds the state of target ${kept}, not of ${given}.`),
  });
});

it('a context is a name of one machine: the object that holds the state is the same under another', async () => {
  const kept = 'llm/HTTPRoute/qwen?context=prod';
  const annotation = { ...holding(kept), moves: true } as RouterState;
  const place = placeOf(annotation, 'llm/HTTPRoute/qwen?context=laptop_eu-west-1');
  expect((await place.read()).state.target).toBe(kept);
});
