import { createHash } from 'node:crypto';
import { type Digest, InternalError, UserError } from '@sluice/contract';

/** Keys of what lies in a store. The names are part of the public contract. */
export const keys = {
  run: (runId: string) => `${runId}/run.json`,
  adapter: (runId: string) => `${runId}/adapter`,
  model: (runId: string) => `${runId}/model`,
  quantized: (runId: string) => `${runId}/quantized`,
  report: (runId: string, name: string) => `${runId}/report/${name}`,
  results: (runId: string, digest: Digest) => `${runId}/evaluation/${digest.slice(7)}.jsonl.gz`,
  /** What an evaluator wrote, by all that it depends on: the same for every run. */
  evaluation: (key: Digest) => `evaluations/${key.slice(7)}.gz`,
  /** What a judge model answered, by the judge and how it was asked: the same for every run. */
  judgeAnswers: (key: Digest) => `judge-answers/${key.slice(7)}.jsonl`,
  /** State of a rollout; one for each pair of router and target. */
  rollout: (router: string, target: string) =>
    `rollouts/${createHash('sha256')
      .update(router + target)
      .digest('hex')}.json`,
} as const;

/** The list of a folder's files, beside it. */
export const manifestKey = (folder: string) => `${folder}.manifest.json`;

/**
 * A key that stays inside the store.
 *
 * @throws {UserError} for an absolute one, `..`, an empty part or a control character
 */
export function checkedKey(key: string): string {
  const parts = key.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..') || /[\\\p{Cc}]/u.test(key))
    throw new UserError(`'${key}' cannot be a name in the store.`);
  return key;
}

/** A prefix for listing: a key, with or without a slash at its end. */
export function checkedPrefix(prefix: string): string {
  if (prefix === '') throw new InternalError('Listing needs a prefix.');
  checkedKey(prefix.replace(/\/$/, ''));
  return prefix;
}
