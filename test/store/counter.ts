import { openStore } from '@sluice/store';

/**
 * Counts in a state by compare-and-set: `counter.ts <store> <times> [padding]`. Prints each count that it was told is
 * written.
 */
const [storeUrl = '', times = '1', padding = '0'] = process.argv.slice(2);
const key = 'rollouts/counter.json';
const store = await openStore({ storeUrl, workspace: process.cwd(), env: process.env });
for (let done = 0; done < Number(times); ) {
  const before = await store.readState<{ count: number }>(key);
  const count = (before?.value.count ?? 0) + 1;
  const value = { count, by: process.pid, padding: 'x'.repeat(Number(padding)) };
  if ((await store.compareAndSet(key, value, before)).ok) {
    process.stdout.write(`${count}\n`);
    done++;
  }
}
