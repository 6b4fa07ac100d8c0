import type { Env } from './detect.ts';
import type { Provenance } from './verdict.ts';

/** Which program this is and where its faults are reported: on a runner the repository that the action came from. */
export function provenanceOf(env: Env, version: string | undefined): Provenance {
  const repository = env.GITHUB_ACTION_REPOSITORY;
  return {
    version: [version ?? env.GITHUB_ACTION_REF ?? '(from source)', `Node ${process.version}`].join(', '),
    reportTo: repository
      ? `${env.GITHUB_SERVER_URL ?? ''}/${repository}/issues`
      : 'the issues of the repository that you took Sluice from',
  };
}
