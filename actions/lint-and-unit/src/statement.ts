import type { Digest, RecordRef } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { appendStatement, codeStatement } from '@sluice/record';
import { openStore } from '@sluice/store';
import { definition } from './definition.ts';
import type { Checked } from './show.ts';
import { VERSION } from './version.ts';

interface Stated {
  readonly checks: readonly Checked[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly environmentDigest: string | undefined;
}

/** Adds what was found to the record of the commit; undefined outside git, where there is no commit to speak of. */
export async function stated(
  { checks, metrics, environmentDigest }: Stated,
  host: Host,
): Promise<RecordRef | undefined> {
  const { invocation, repository, commit, ref, jobUrl } = host.source;
  if (commit === undefined) return undefined;
  // no tracking server: a commit is no run, and its artifacts belong to runs
  const store = await openStore({ workspace: host.workspace, env: host.env, signal: host.signal });
  const statement = codeStatement({
    commit,
    maker: { action: definition.name, version: VERSION, invocation, repository, commit, ref },
    finishedAt: host.now(),
    ...(jobUrl === undefined ? {} : { url: jobUrl }),
    passed: checks.length > 0 && checks.every((c) => c.passed),
    checks,
    metrics,
    ...(environmentDigest === undefined ? {} : { environmentDigest: environmentDigest as Digest }),
  });
  return (await appendStatement(store, { commit }, statement)).ref;
}
