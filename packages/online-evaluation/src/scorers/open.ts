import { resolve } from 'node:path';
import { duration, UserError } from '@sluice/contract';
import type { OnlineEvaluation, ScorerSpec } from '../document.ts';
import { checksScorer } from './checks.ts';
import type { Scorer } from './scorer.ts';

/** Where relative paths of the document begin, and what its programs and keys are read from. */
export interface Surroundings {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder whose files need not last. */
  readonly temp: string;
  /** Where Python environments are kept. Default: `SLUICE_CACHE_DIR`, else the user's cache folder. */
  readonly cacheDir?: string | undefined;
  readonly log: { info(text: string): void };
  /** Hides a key from the log. */
  mask(secret: string): void;
}

/** The scorers of a document. @throws UserError for files, patterns and keys that are not there */
export async function openScorers(
  { scorers }: OnlineEvaluation,
  surroundings: Surroundings,
): Promise<Scorer[]> {
  return await Promise.all(scorers.map((spec) => open(spec, surroundings)));
}

async function open(spec: ScorerSpec, surroundings: Surroundings): Promise<Scorer> {
  const { workspace, env } = surroundings;
  const { name } = spec;
  if ('checks' in spec) {
    const { forbidden } = spec.checks;
    return await checksScorer(name, {
      ...spec.checks,
      ...(typeof forbidden === 'string' ? { forbidden: resolve(workspace, forbidden) } : {}),
    });
  }
  // each of the others is loaded where a document asks for it
  if ('references' in spec) {
    const { referencesScorer } = await import('./references.ts');
    return await referencesScorer(name, resolve(workspace, spec.references), spec.metric);
  }
  if ('command' in spec) {
    const { command: argv, scale, timeout } = spec;
    const { commandScorer } = await import('./command.ts');
    return commandScorer({ name, argv, scale, timeoutMs: duration.parse(timeout), cwd: workspace, env });
  }
  if ('evalscope' in spec) {
    const { references, metric, requirements, timeout } = spec.evalscope;
    const { evalScopeScorer } = await import('./evalscope.ts');
    const { temp, cacheDir, log } = surroundings;
    return await evalScopeScorer({
      name,
      references: resolve(workspace, references),
      metric,
      requirements,
      timeoutMs: duration.parse(timeout),
      temp,
      cacheDir,
      env,
      log: log.info,
    });
  }
  const { endpoint, model, rubric, timeout, concurrency, 'api-key-env': keyName } = spec.judge;
  const apiKey = keyName === undefined ? undefined : env[keyName];
  if (keyName !== undefined && !apiKey)
    throw new UserError(
      `scorer '${name}': the variable ${keyName} of api-key-env is ${apiKey === undefined ? 'not set' : 'empty'} in this job.`,
    );
  if (apiKey) surroundings.mask(apiKey);
  const timeoutMs = duration.parse(timeout);
  const { judgeScorer } = await import('./judge-model.ts');
  return judgeScorer({ name, endpoint, model, rubric, scale: spec.scale, apiKey, timeoutMs, concurrency });
}
