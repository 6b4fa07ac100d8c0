import type { Router } from '@sluice/traffic';
import { expect } from 'vitest';

/** Shares, a state in the same write, and a second tick that has seen less. */
export async function checkRouter(router: Router, other: Router): Promise<void> {
  for (const percent of [0.5, 25, 100, 0]) {
    await router.setWeight(percent);
    expect(await other.weight()).toBe(percent);
  }
  await other.state?.read();
  const written = await router.state?.compareAndSet({ n: 1 }, undefined, 5);
  expect(written?.ok).toBe(true);
  expect([await router.weight(), (await router.state?.read())?.value]).toEqual([5, { n: 1 }]);
  await expect(other.setWeight(50)).rejects.toThrow(/another step has decided since/);
  expect((await other.state?.compareAndSet({ n: 2 }, undefined, 50))?.ok).toBe(false);
  expect(await router.weight()).toBe(5);
}
