import { fileURLToPath } from 'node:url';
import { actions } from './actions.ts';

/** What a thread that reads results runs. */
export async function readingThread(): Promise<void> {
  const { answerInThread } = await import('@sluice/evaluation');
  await answerInThread();
}

/**
 * The entry of `dist/`: every stub calls it with its own name and address. The stub of an action runs on a CI host's
 * variables; the one of `cli` takes the command line.
 */
export async function start(name: string, stub: string): Promise<never> {
  const programs = fileURLToPath(new URL('../shared/python', stub));
  const argv = process.argv.slice(2);
  if (name === 'cli') {
    const { main } = await import('./main.ts');
    process.exit(await main(argv, { programs }));
  }
  const load = actions[name];
  if (!load) throw new Error(`this bundle has no action '${name}'`);
  const [{ default: action }, { runAction }] = await Promise.all([load(), import('@sluice/host')]);
  process.exit(await runAction(action, { programs, argv }));
}
