import { quote, UserError } from '@sluice/contract';
import { connectKubernetes, KubernetesError, resources } from '@sluice/kubernetes';
import {
  type Deployment,
  goBack,
  type Revision,
  revisionsOf,
  rolledOut,
  runs,
  sameTemplate,
} from './deployment/revisions.ts';
import type { Following, Method } from './method.ts';

/** Says on a Deployment which run was undone, where neither an image nor a revision tells; a second undo would bring it back. */
const UNDONE = 'sluice.dev/undone-run';

const ATTEMPTS = 5;

/** A Deployment back at the revision that ran the restored version: the same result as `kubectl rollout undo`, done again or not. */
export const rolloutUndo: Method = async (following) => {
  const { inputs, host, from, pretend } = following;
  const { namespace, name } = parseDeployment(inputs.deployment ?? '');
  const kubernetes = await connectKubernetes({ env: host.env, signal: host.signal });
  const at = { resource: resources.deployment, namespace, name };
  for (let attempt = 1; ; attempt++) {
    const deployment = await kubernetes.get<Deployment>(at, { signal: host.signal });
    if (!deployment) throw new UserError(`there is no Deployment ${name} in namespace ${namespace}`);
    if (deployment.spec.paused)
      throw new UserError(`the Deployment ${name} is paused, so it takes no other revision: resume it first`);
    const revisions = await revisionsOf(kubernetes, deployment, namespace, host.signal);
    const choice = choose(deployment, revisions, following);
    const { revision, mark } = choice;
    const there = revision === undefined || sameTemplate(deployment.spec.template, revision.template);
    if (pretend)
      return {
        ok: true,
        text: `${name} would go to ${revision ? `revision ${revision.number}` : 'where it is'}`,
      };
    try {
      const now = there
        ? deployment
        : await goBack(
            kubernetes,
            at,
            deployment,
            revision,
            mark ? { [UNDONE]: from.runId } : {},
            host.signal,
          );
      return await waited(kubernetes, at, now, there, revision, host.signal);
    } catch (error) {
      // somebody else changed it between reading and writing: look again
      const changed = error instanceof KubernetesError && (error.status === 409 || error.status === 422);
      if (!changed || attempt >= ATTEMPTS) throw error;
    }
  }
};

async function waited(
  kubernetes: Awaited<ReturnType<typeof connectKubernetes>>,
  at: { resource: typeof resources.deployment; namespace: string; name: string },
  { metadata, spec }: Deployment,
  there: boolean,
  revision: Revision | undefined,
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string }> {
  const seconds = spec.progressDeadlineSeconds ?? 600;
  const done = await kubernetes.until<Deployment>(
    at,
    (seen) => rolledOut(seen) && (seen?.metadata.generation ?? 0) >= (metadata.generation ?? 0),
    { timeout: seconds * 1000, signal },
  );
  const where = revision ? `at revision ${revision.number} of before` : 'undone';
  return done
    ? { ok: true, text: `${at.name} is ${there ? `already ${where}` : where}, with all its Pods` }
    : { ok: false, text: `${at.name} is ${where}, but its Pods were not available within ${seconds} s` };
}

interface Choice {
  /** Undefined where it was undone before. */
  readonly revision: Revision | undefined;
  /** Nothing but a mark can tell later that it was done. */
  readonly mark: boolean;
}

function choose(
  { spec, metadata }: Deployment,
  revisions: readonly Revision[],
  { inputs, from, restored }: Following,
): Choice {
  const listed = revisions.map(({ number }) => number).join(', ') || 'none';
  const wanted = inputs['to-revision'];
  const image = restored && restored.image !== 'none' ? restored.image : undefined;
  const byImage = image === undefined ? undefined : revisions.find(({ template }) => runs(template, image));
  const given = wanted === undefined ? byImage : revisions.find(({ number }) => number === wanted);
  if (wanted !== undefined && !given)
    throw new UserError(`there is no revision ${wanted} of ${metadata.name}; it keeps: ${listed}`);
  if (given) {
    const elsewhere = from.image !== 'none' && !runs(spec.template, from.image);
    if (elsewhere && !sameTemplate(spec.template, given.template))
      throw new UserError(
        `${metadata.name} does not run the image of run ${from.runId} any more: somebody else changed it, so it was left alone`,
      );
    return { revision: given, mark: false };
  }
  if (metadata.annotations?.[UNDONE] === from.runId) return { revision: undefined, mark: false };
  const before = revisions[1];
  if (!before)
    throw new UserError(`${metadata.name} keeps no earlier revision to go back to; it keeps: ${listed}`);
  return { revision: before, mark: true };
}

function parseDeployment(text: string): { namespace: string; name: string } {
  const [, namespace, name] =
    /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\/deployment\/([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/i.exec(text) ?? [];
  if (!namespace || !name)
    throw new UserError(
      `deployment ${quote(text)} is not <namespace>/deployment/<name>, such as models/deployment/chat`,
    );
  return { namespace, name };
}
