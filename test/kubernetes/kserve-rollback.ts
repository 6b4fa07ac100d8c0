import { describe, it } from 'vitest';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { groupedServices } from './kserve-group.ts';
import { servedModel } from './kserve-service.ts';
import { takenBack } from './taken-back.ts';

/** The action rollback as jobs run it; both wait most of their time. */
export function rolledBack(cluster: () => ControlPlane): void {
  describe.concurrent('rollback as a step, by a job with the rights of the README', () => {
    it('takes the model of an InferenceService back', async () => {
      const { controller, put, service, target } = await servedModel(cluster());
      await using _ = controller;
      await takenBack(
        cluster(),
        {
          kind: 'kserve',
          target,
          put: (image) => put(`oci://${image}`),
          written: async () => (await service()).spec,
        },
        'sluice-kserve',
      );
    });

    it('takes a member of a routing group back', async () => {
      const { admin, at, target, weights } = await groupedServices(cluster());
      const put = async (image: string, slot: 'stable' | 'canary') => {
        const body = { spec: { model: { uri: `oci://${image}` } } };
        await admin.patch(at(slot === 'stable' ? 'qwen' : 'qwen-next'), { type: 'merge', body });
      };
      await takenBack(cluster(), { kind: 'kserve', target, put, written: weights }, 'sluice-kserve');
    });
  });
}
