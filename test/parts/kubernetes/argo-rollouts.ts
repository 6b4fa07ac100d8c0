import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, start } from '@sluice/process';
import { goPrograms } from '../go-programs.ts';
import type { ControlPlane } from './control-plane.ts';

/** The folder with the controller of Argo Rollouts; undefined where there is no Go to build it with. */
export function argoRolloutsPrograms(): Promise<string | undefined> {
  return goPrograms({
    module: fileURLToPath(new URL('argo-rollouts', import.meta.url)),
    programs: ['github.com/argoproj/argo-rollouts/cmd/rollouts-controller'],
  });
}

/** Starts the controller on a cluster that has its definitions; it ends with the cluster. */
export async function startArgoRollouts(programs: string, plane: ControlPlane): Promise<void> {
  const { env, folder } = plane;
  const service = await start(
    [
      join(programs, 'rollouts-controller'),
      ...[
        `kubeconfig=${env.KUBECONFIG}`,
        'leader-elect=false',
        `metricsport=${await freePort()}`,
        `healthzPort=${await freePort()}`,
        'loglevel=warn',
      ].map((flag) => `--${flag}`),
    ],
    { cwd: folder, env, graceMs: 500 },
  );
  plane.endsWith(service);
}
