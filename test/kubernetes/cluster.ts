import { afterAll, beforeAll, describe } from 'vitest';
import {
  type ControlPlane,
  controlPlanePrograms,
  startControlPlane,
} from '../parts/kubernetes/control-plane.ts';

const programs = await controlPlanePrograms();

/**
 * Tests with a real API server of their own, which is started before the first and ended after the last. They are skipped, and
 * counted as such, where there is no Go 1.25 to build one with.
 */
export function describeWithCluster(
  name: string,
  prepare: (cluster: ControlPlane) => Promise<void>,
  tests: (cluster: () => ControlPlane) => void,
): void {
  describe.skipIf(!programs)(name, () => {
    let plane: ControlPlane | undefined;
    beforeAll(async () => {
      plane = await startControlPlane(programs as string);
      await prepare(plane);
    }, 300_000);
    afterAll(async () => await plane?.[Symbol.asyncDispose]());
    tests(() => plane as ControlPlane);
  });
}

let count = 0;

/** A namespace that nothing else uses. */
export async function newNamespace({ admin }: ControlPlane): Promise<string> {
  const name = `test-${process.pid}-${++count}`;
  await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  return name;
}
