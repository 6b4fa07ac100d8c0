import { it } from 'vitest';
import { KILLS } from '../canary/kill-ticks.ts';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { killedRollout } from './killed-rollout.ts';
import { groupedServices } from './kserve-group.ts';

/** Ticks on a routing group that end at any moment: of its two objects one holds the state. */
export function killedTicks(cluster: () => ControlPlane): void {
  it(`are left by ${KILLS} kills at any moment, and by two at once, with both weights, state and record in agreement`, async () => {
    const { at, target } = await groupedServices(cluster());
    const { killed, between, whole, after } = await killedRollout(cluster(), {
      kind: 'kserve',
      target,
      at: at('qwen'),
    });
    console.log(
      `${killed} ticks killed, ${between} between the two objects; ${whole} ended by themselves; ${after}`,
    );
  }, 3_600_000);
}
