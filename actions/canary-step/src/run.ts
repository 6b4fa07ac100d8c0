import type { Host, Outcome } from '@sluice/host';
import { readSigningKey } from '@sluice/record';
import { openRollout } from '@sluice/rollout';
import { openTarget } from '@sluice/steering';
import { beginRollout, wouldBegin } from './begin.ts';
import type { definition } from './definition.ts';
import type { Ended } from './ended.ts';
import { finish, notApproved } from './finish.ts';
import { keepHouse } from './instance/keep-house.ts';
import { order } from './order.ts';
import type { In, Scene } from './scene.ts';
import { checkLater, wantsToBegin } from './start.ts';
import { idle, once, preview, untilDone } from './ticks.ts';

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  if (inputs.deploy === false) return notApproved(inputs, host);
  const key = await readSigningKey(inputs['signing-key'], host);
  const scene: Scene = { inputs, host, key, notes: [], alerts: [], ...(await openTarget(inputs, host)) };
  if (scene.store.note) host.log.info(scene.store.note);
  if (inputs.command !== 'tick')
    return finish(scene, await housekept(scene, await order(inputs.command, scene)));

  const { state } = await scene.place.read();
  const begins = wantsToBegin(inputs, state);
  if (!begins) await checkLater(inputs, state, host);
  if (inputs['dry-run'])
    return finish(scene, begins ? await wouldBegin(scene, state) : await preview(scene, state));
  const refused = begins ? await beginRollout(scene, state) : undefined;
  // a tick even so: it keeps a version that was taken back at 0, whoever raised it
  if (refused?.outcome === 'finished')
    return finish(scene, await housekept(scene, await once(scene)), refused.reason);
  if (refused) return finish(scene, idle(state, refused.reason), refused.reason);
  // what has to be up before the first users come; of a rollout that is over, the users are put right first
  if (openRollout((await scene.place.read()).state)) await keepHouse(scene);
  return finish(scene, await housekept(scene, inputs.wait ? await untilDone(scene) : await once(scene)));
}

/** What was decided, once the instances are as it asks for. */
async function housekept(scene: Scene, ended: Ended): Promise<Ended> {
  await keepHouse(scene);
  return ended;
}
