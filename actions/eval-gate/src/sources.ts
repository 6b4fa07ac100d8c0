import { mkdtemp, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Digest, runId, UserError } from '@sluice/contract';
import { type Format, type ReadOptions, type Results, readNormalForm, readResults } from '@sluice/evaluation';
import { openRecord, TEST_RESULT, type TestResult } from '@sluice/record';
import { getFolder, keys, listResults } from '@sluice/store';
import type { Context } from './context.ts';
import { RESULTS_TAG } from './results-tag.ts';

type Options = ReadOptions & { readonly format: Format | 'auto' };

/**
 * Reads results from where a reference names them: `registry:<name>@<alias>`, `runs:/<run-id>/<path>`, a file or
 * folder, a run ID (or `runs:/<run-id>`). Null when nothing is there.
 */
export async function resultsAt(
  reference: string,
  role: 'candidate' | 'baseline',
  context: Context,
  options: Options,
): Promise<Results | null> {
  if (reference.startsWith('registry:')) return fromRegistry(reference, role, context, options);
  const named = /^runs:\/+([^/]+)\/*$/.exec(reference)?.[1];
  if (named !== undefined) return fromRunOrTracker(named, role, context, options);
  if (reference.startsWith('runs:/')) return fromArtifacts(reference, role, context, options);
  const path = resolve(context.host.workspace, reference);
  // a file may hold several columns: <file>#<column>
  const there =
    (await stat(path).catch(() => null)) ?? (await stat(path.replace(/#[^#]*$/, '')).catch(() => null));
  if (there) return { ...(await readResults(path, options)), source: reference };
  if (isRunId(reference)) return fromRunOrTracker(reference, role, context, options);
  return null;
}

function isRunId(text: string): boolean {
  try {
    runId.parse(text);
    return true;
  } catch {
    return false;
  }
}

async function fromRegistry(
  reference: string,
  role: string,
  context: Context,
  options: Options,
): Promise<Results | null> {
  const [, name, alias] = /^registry:([^@]+)@(.+)$/.exec(reference) ?? [];
  if (!name || !alias) throw new UserError(`${role} is '${reference}'; expected registry:<name>@<alias>`);
  const found = await context.tracker.registry.getAlias(name, alias);
  if (!found) return null;
  if (found.runId === undefined)
    throw new UserError(
      `${role}: version ${found.version} of ${name} names no run, so its results cannot be found`,
    );
  const tagged = found.tags[RESULTS_TAG] as Digest | undefined;
  if (tagged && context.trusted) await checkSigned(found.runId, tagged, role, context);
  const results = tagged
    ? await load(found.runId, tagged, role, context)
    : await fromRunOrTracker(found.runId, role, context, options);
  // a version that is registered is no first version: what it was judged on is lost, and that is said
  if (!results)
    throw new UserError(
      `${role}: ${reference} is version ${found.version}, and the results of its run ${found.runId} are no longer there; evaluate that version again and name its results`,
    );
  return { ...results, source: `${reference} (version ${found.version})` };
}

async function fromArtifacts(
  reference: string,
  role: string,
  context: Context,
  options: Options,
): Promise<Results | null> {
  const { host, store } = context;
  const key = reference.replace(/^runs:\/+/, '').replace(/\/+$/, '');
  const folder = await mkdtemp(join(host.temp, `${role}-`));
  const file = join(folder, key.split('/').at(-1) as string);
  const { artifactsOf } = await import('./tracked-results.ts');
  const places = [store, ...(store.kind === 'mlflow' ? [] : [await artifactsOf(context)])];
  for (const place of places) {
    if (!place) continue;
    if (await place.has(key)) await place.getFile(key, file);
    else if (!(await getFolder(place, key, folder, host.signal))) continue;
    return { ...(await readResults(folder, options)), source: reference };
  }
  return null;
}

/** What a gate judged of a run, else what the tracker knows of it. */
async function fromRunOrTracker(
  run: string,
  role: string,
  context: Context,
  options: Options,
): Promise<Results | null> {
  const tracked = await context.tracker.getRun(run);
  const judged = context.store.kind === 'mlflow' && !tracked ? null : await fromRun(run, role, context);
  if (judged || !tracked) return judged;
  const read = (key: string) => fromArtifacts(`runs:/${key}`, role, context, { ...options, format: 'auto' });
  const { trackedResults } = await import('./tracked-results.ts');
  return trackedResults(tracked, role, context, read);
}

/** The results that a run's own gate judged; where no statement names them, the only ones that lie there. */
async function fromRun(run: string, role: string, context: Context): Promise<Results | null> {
  const there = await listResults(context.store, run);
  if (there.length === 0) return null;
  const alone = there.length === 1 && !context.trusted;
  const judged = alone ? there[0] : (await judgedResults(run, context))[0];
  if (judged === undefined) {
    throw new UserError(
      `${role}: the run ${run} has ${there.length} sets of results and no gate's statement says which are its own; give a file`,
    );
  }
  return load(run, judged, role, context);
}

/** Whoever can write to the registry could name other results: a decision that a trusted key signed must name them. */
async function checkSigned(run: string, digest: Digest, role: string, context: Context): Promise<void> {
  if ((await judgedResults(run, context)).includes(digest)) return;
  throw new UserError(
    `${role}: the registry names the results ${digest} of run ${run}, and no decision that a key of trusted-keys has signed is about them`,
  );
}

/** The results that the run's own gates judged, the latest first. */
async function judgedResults(run: string, { store, trusted }: Context): Promise<Digest[]> {
  const record = await openRecord(run, store, { trusted });
  const gates = record.statements.flatMap(({ statement }) => {
    if (statement.predicateType !== TEST_RESULT) return [];
    const predicate = statement.predicate as unknown as TestResult;
    if (predicate.sluice.kind !== 'gate') return [];
    const hex = predicate.configuration.find((c) => c.name === 'candidate-results')?.digest?.sha256;
    return hex === undefined
      ? []
      : [{ at: Date.parse(predicate.sluice.finished_on), digest: `sha256:${hex}` as Digest }];
  });
  return gates.sort((a, b) => b.at - a.at).map((gate) => gate.digest);
}

async function load(
  run: string,
  digest: Digest,
  role: string,
  { store, host }: Context,
): Promise<Results | null> {
  const file = join(host.temp, `${role}-${digest.slice(7)}.jsonl.gz`);
  if (!(await store.getFile(keys.results(run, digest), file))) return null;
  return { ...(await readNormalForm(file, digest)), source: run };
}
