import { commitBehind } from '@sluice/record';
import type { Ended } from './ended.ts';
import { onlineBlocks } from './online/show.ts';
import type { Scene } from './scene.ts';
import { reportOf } from './show.ts';

const DRAWN_ANEW =
  'This router is not sticky by user: it draws each request anew, so a user meets both versions while the share is between 0 and 100 %.';

interface PublishedOptions {
  /** Why nothing was begun, where something should have been. */
  readonly refused?: string | undefined;
  /** The call goes on. */
  readonly interim?: boolean;
}

/** Shows where the rollout stands: report, job summary, one comment. Returns the path of the report. */
export async function publish(
  scene: Scene,
  { decision, reason, nextCheck, state }: Ended,
  { refused, interim = false }: PublishedOptions,
): Promise<string> {
  const { inputs, host } = scene;
  const { rollout } = state;
  const more = await onlineBlocks(scene, rollout);
  // a tick on a schedule belongs to no pull request: its comment goes to the one that brought the commit
  const commit = rollout && inputs.token !== undefined ? await commitBehind(rollout, scene.store) : undefined;
  if (!interim)
    for (const message of scene.alerts) host.annotate({ level: 'warning', title: 'canary', message });
  return host.publish(
    reportOf({
      decision,
      reason: refused ?? reason,
      refused: refused !== undefined,
      state,
      inputs,
      nextCheck,
      now: host.now().getTime(),
      notes: [...scene.notes, ...(scene.router.can.sticky ? [] : [DRAWN_ANEW])],
      more,
    }),
    { comment: 'canary', commit, interim },
  );
}
