import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Digest, messageOf } from '@sluice/contract';
import {
  type Evaluated,
  type EvaluatorConfig,
  packFolder,
  type Results,
  taskFiles,
  unpackFolder,
} from '@sluice/evaluation';
import { jsonDigest } from '@sluice/record';
import { copyAtomically, keys } from '@sluice/store';
import type { Context } from '../context.ts';
import type { Program } from './program.ts';
import type { Target } from './target.ts';

/** What an evaluation's results depend on. Another value of any part is another evaluation. */
export interface CacheKey {
  readonly digest: Digest;
  /** Digests only: a config may hold what is not for everybody's eyes. */
  readonly parts: Readonly<Record<string, string>>;
}

/** An evaluation that was made before. */
export interface Cached {
  /** When, by which job, and where it was found. */
  readonly sentence: string;
  /** It was found in the store, so that whoever writes there could have made it. */
  readonly elsewhere: boolean;
}

/** Another form of the key, or of what is kept under it. */
const FORM = 1;

/**
 * The key of a whole evaluation: model digest, task digest (task files, data, arguments: few-shot, limit, seeds, templates, generation),
 * evaluator and its locked packages. `why`: it depends on what is not known.
 */
export async function cacheKey(
  context: Context,
  config: EvaluatorConfig,
  target: Target,
  program: Program,
): Promise<CacheKey | { readonly why: string }> {
  const { inputs, host } = context;
  const { cache } = config;
  const evaluator = inputs.evaluator as Exclude<typeof inputs.evaluator, 'none'>;
  if (cache === false) return { why: '`cache: false`' };
  const version = typeof cache === 'object' ? cache.version : undefined;
  if (!target.identity) return { why: 'no digest proves which model answers' };
  if (target.served && version === undefined)
    return { why: 'the program that serves the model is not known; name it with `cache: {version: …}`' };
  if (evaluator === 'command' && program.environment === null && version === undefined)
    return { why: "the command's version is not known; name it with `cache: {version: …, files: […]}`" };
  const { files, unseen } = await taskFiles(evaluator, config, host.workspace, host.env);
  if (unseen !== null) return { why: `${unseen}; name what is read with \`cache: {files: […]}\`` };
  const { env, argv } = await argumentsOf(config, target.evaluated, program);
  const parts = {
    form: String(FORM),
    model: jsonDigest(target.identity),
    evaluator,
    packages: program.environment ?? 'none',
    version: version ?? 'none',
    arguments: jsonDigest(argv),
    variables: jsonDigest({ ...env, ...config.env }),
    files: jsonDigest(files),
    server: jsonDigest(target.served && inputs.start ? await startText(context) : null),
  };
  return { digest: jsonDigest(parts), parts };
}

/** The call with names in place of this machine's paths. */
async function argumentsOf(config: EvaluatorConfig, evaluated: Evaluated, program: Program) {
  const names: Evaluated =
    'endpoint' in evaluated
      ? { ...evaluated, endpoint: 'http://{endpoint}' }
      : { model: '{model}', ...(evaluated.adapter === undefined ? {} : { adapter: '{adapter}' }) };
  const { argv, env } = await program.call(names, '{output}');
  const include = config['include-path'];
  return {
    argv: argv.map((part) => (include === undefined ? part : part.replaceAll(include, '{include}'))),
    env,
  };
}

async function startText({ inputs, host }: Context): Promise<string> {
  const start = inputs.start as NonNullable<typeof inputs.start>;
  return (await host.document(start, { input: 'start', decides: true })).text;
}

const localPath = ({ host }: Context, { digest }: CacheKey): string =>
  join(host.cacheDir, 'evaluations', `${digest.slice(7)}.gz`);

/** The evaluation of this key: from this machine's cache, else from the store. What does not verify is as if it were not there. */
export async function fromCache(
  context: Context,
  key: CacheKey,
): Promise<{ folder: string; seconds: number; cached: Cached } | null> {
  const { host, store } = context;
  const local = localPath(context, key);
  const here = await stat(local).catch(() => null);
  const folder = await mkdtemp(join(host.temp, 'evaluation-'));
  const fetched = `${folder}.gz`;
  if (!here && !(await store.getFile(keys.evaluation(key.digest), fetched))) return null;
  const path = here ? local : fetched;
  const where = here ? 'the cache of this machine' : store.uri(keys.evaluation(key.digest));
  try {
    const about = await unpackFolder(path, folder);
    if (jsonDigest(about.parts) !== key.digest) throw new Error('it is of another evaluation');
    const made = `made ${about.madeAt} by ${about.madeBy}`;
    return {
      folder,
      seconds: Number(about.seconds),
      cached: { sentence: `${made}, found in ${where}, ${key.digest}`, elsewhere: !here },
    };
  } catch (error) {
    host.log.warn(`the cached evaluation in ${where} is not used: ${messageOf(error)}`);
    await rm(folder, { recursive: true, force: true });
    if (here) await rm(local, { force: true });
    return null;
  }
}

/** Keeps a whole evaluation on this machine and in the store. One with items that failed or are missing is not kept. */
export async function intoCache(
  context: Context,
  key: CacheKey,
  { folder, seconds }: { readonly folder: string; readonly seconds: number },
  results: Results,
): Promise<void> {
  const { host, store } = context;
  if (context.inputs['dry-run']) return;
  if (results.tasks.some((task) => task.incomplete > 0 || task.errored > 0)) {
    host.log.info('the evaluation is not cached: it is not complete');
    return;
  }
  const packed = `${folder}.gz`;
  const about = {
    parts: key.parts,
    seconds,
    madeAt: host.now().toISOString(),
    madeBy: host.source.invocation,
  };
  await packFolder(folder, about, packed);
  await store.putFile(keys.evaluation(key.digest), packed);
  const local = localPath(context, key);
  await mkdir(dirname(local), { recursive: true });
  await copyAtomically(packed, local);
  host.log.info(`the evaluation is cached as ${key.digest}`);
}
