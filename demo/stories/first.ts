import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { BUSY, CALM, FIRST, type World } from '../world/world.ts';

/**
 * The first rollout: no gate has judged what is live already, so a file allows it, with the reason. From then on the target has a history,
 * with the metrics of a version that a rollback can go back to.
 */
export async function firstVersion(world: World): Promise<void> {
  const { screen, users, sluice, project, folder, variables, signal } = world;
  const allow = join(folder, 'allow-unproven.yaml');
  await writeFile(
    allow,
    `run-id: ${FIRST.runId}\nreason: it is live already; no gate was there when it was made\n`,
  );
  const inputs = {
    'run-id': FIRST.runId,
    version: FIRST.version,
    'allow-unproven': allow,
    target: variables['ROUTER_TARGET'] as string,
    metrics: variables['METRICS'] as string,
    stable: variables['STABLE_URL'] as string,
    canary: variables['CANARY_URL'] as string,
    plan: '100@4s',
    policy: 'policy.yaml',
    wait: 'true',
    'wait-limit': '3m',
  };
  await screen.during(
    'first rollout',
    async (step) => {
      // its metrics are what a drill is held against later, so they are taken under as many users as there ever are
      users.rate = BUSY;
      const argv = Object.entries(inputs).flatMap(([name, value]) => [`--${name}`, value]);
      const done = await run([process.execPath, sluice, 'canary-step', ...argv], {
        cwd: project.folder,
        env: { ...process.env, ...variables },
        signal,
        onLine: (line) => step.now(line),
      });
      users.rate = CALM;
      signal.throwIfAborted();
      if (done.code !== 0)
        throw new Error(`the first rollout ended with ${done.code}:\n${done.tail.join('\n')}`);
    },
    () => `${FIRST.version} is live; a file allows it without a gate's word, and the record says so`,
  );
}
