import { inWords, quote, UserError } from '@sluice/contract';
import { connectKubernetes, type Kubernetes, KubernetesError, type ObjectAt } from '@sluice/kubernetes';
import type { Following, Method } from './method.ts';
import { daemonSet, statefulSet } from './workload/controlled.ts';
import { deployment } from './workload/deployment.ts';
import { goBack } from './workload/go-back.ts';
import { runs, sameTemplate } from './workload/template.ts';
import { type Revision, rolledOut, type Workload, type WorkloadKind } from './workload/workload.ts';

/** Says on a workload which run was undone, where neither an image nor a revision tells; a second undo would bring it back. */
const UNDONE = 'sluice.dev/undone-run';

const ATTEMPTS = 5;

/** How long Pods may take where the workload itself does not say it, seconds: the default of a Deployment. */
const DEADLINE = 600;

/** Kinds that can be undone, as a target names them. */
const kinds: ReadonlyMap<string, WorkloadKind> = new Map([
  ['deployment', deployment],
  ['statefulset', statefulSet],
  ['daemonset', daemonSet],
]);

/** A workload back at the revision that ran the restored version: the same result as `kubectl rollout undo`, done again or not. */
export const rolloutUndo: Method = async (following) => {
  const { inputs, host, from, pretend } = following;
  const { signal } = host;
  const { kind, namespace, name } = parseWorkload(inputs.deployment ?? '');
  const kubernetes = await connectKubernetes({ env: host.env, signal });
  const at = { resource: kind.resource, namespace, name };
  for (let attempt = 1; ; attempt++) {
    const workload = await kubernetes.get<Workload>(at, { signal });
    if (!workload) throw new UserError(`there is no ${kind.resource.kind} ${name} in namespace ${namespace}`);
    checkMovable(kind, workload);
    const revisions = await kind.revisions(kubernetes, workload, namespace, signal);
    const { revision, mark } = choose(workload, revisions, following);
    const there = revision === undefined || sameTemplate(workload.spec.template, revision.template);
    if (pretend)
      return {
        ok: true,
        text: `${name} would go to ${revision ? `revision ${revision.number}` : 'where it is'}`,
      };
    try {
      const undone: Readonly<Record<string, string>> = mark ? { [UNDONE]: from.runId } : {};
      const now = there
        ? workload
        : await goBack(kubernetes, at, { kind, workload }, revision, undone, signal);
      return await waited(kubernetes, at, { kind, now, there, revision }, signal);
    } catch (error) {
      // somebody else changed it between reading and writing: look again
      const changed = error instanceof KubernetesError && (error.status === 409 || error.status === 422);
      if (!changed || attempt >= ATTEMPTS) throw error;
    }
  }
};

/** @throws UserError where another template would replace no Pods */
function checkMovable({ resource: { kind } }: WorkloadKind, { metadata, spec }: Workload): void {
  if (spec.paused)
    throw new UserError(
      `the ${kind} ${metadata.name} is paused, so it takes no other revision: resume it first`,
    );
  if (spec.updateStrategy?.type === 'OnDelete')
    throw new UserError(
      `the ${kind} ${metadata.name} replaces a Pod only when somebody deletes it (updateStrategy OnDelete): set RollingUpdate first`,
    );
}

interface Undone {
  readonly kind: WorkloadKind;
  readonly now: Workload;
  /** It stood there before. */
  readonly there: boolean;
  readonly revision: Revision | undefined;
}

async function waited(
  kubernetes: Kubernetes,
  at: ObjectAt,
  { kind, now: { metadata, spec }, there, revision }: Undone,
  signal: AbortSignal,
): Promise<{ ok: boolean; text: string }> {
  const timeout = (spec.progressDeadlineSeconds ?? DEADLINE) * 1000;
  const done = await kubernetes.until<Workload>(
    at,
    (seen) => rolledOut(kind, seen) && (seen?.metadata.generation ?? 0) >= (metadata.generation ?? 0),
    { timeout, signal },
  );
  const where = revision ? `at revision ${revision.number} of before` : 'undone';
  return done
    ? { ok: true, text: `${at.name} is ${there ? `already ${where}` : where}, with all its Pods` }
    : {
        ok: false,
        text: `${at.name} is ${where}, but its Pods were not available within ${inWords(timeout)}`,
      };
}

interface Choice {
  /** Undefined where it was undone before. */
  readonly revision: Revision | undefined;
  /** Nothing but a mark can tell later that it was done. */
  readonly mark: boolean;
}

function choose(
  { spec, metadata }: Workload,
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

function parseWorkload(text: string): { kind: WorkloadKind; namespace: string; name: string } {
  const [, namespace, given = '', name] =
    /^([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\/([a-z]+)\/([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)$/i.exec(text) ?? [];
  const kind = kinds.get(given.toLowerCase());
  if (!namespace || !name || !kind)
    throw new UserError(
      `deployment ${quote(text)} is not <namespace>/${[...kinds.keys()].join('|')}/<name>, such as models/deployment/chat`,
    );
  return { kind, namespace, name };
}
