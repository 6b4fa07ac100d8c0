import { quote, UserError } from '@sluice/contract';
import { GitValue, parseGitPlace } from '@sluice/traffic';
import type { Following, Method } from './method.ts';

const digestIn = (text: string) => /sha256:[0-9a-f]{64}$/.exec(text)?.[0];

/**
 * Commits the value that the restored version had: a share, an image, its digest or a version, whichever stands there. What is neither
 * the taken run's nor the restored one's was put there by somebody else since, and stays.
 */
export const gitops: Method = async (following) => {
  const { inputs, host, from, pretend } = following;
  const place = parseGitPlace(inputs.gitops ?? inputs.target);
  const value = new GitValue(place, { env: host.env, workspace: host.workspace });
  const where = `${place.file} on ${place.branch}`;
  let wanted: string | number | undefined;
  const decide = ({ value: now }: { readonly value: string | number }) => {
    wanted = back(following, now);
    if (now !== wanted && !mayReplace(following, now))
      throw new UserError(
        `${where} holds ${quote(String(now))}, which is neither what run ${from.runId} had nor what is restored: somebody else changed it, so it was left alone`,
      );
    return pretend ? undefined : wanted;
  };
  const { changed, commit } = await value.change(
    decide,
    (was, to) => `rollback: ${was} -> ${to}\n\n${inputs.reason}\n\nSluice-Rollback: ${from.runId}\n`,
    host.signal,
  );
  if (pretend) return { ok: true, text: `${where} would be ${wanted}` };
  return {
    ok: true,
    text: changed
      ? `${where} is ${wanted} again, by commit ${commit.slice(0, 12)}`
      : `${where} is ${wanted} already`,
  };
};

const isShare = (now: string | number) => typeof now === 'number' || /^\d{1,3}(\.\d+)?$/.test(now);

/** What belongs there once the run is taken back, in the form of what stands there. */
function back({ inputs, restored, live }: Following, now: string | number): string | number {
  const given = inputs['gitops-value'];
  if (given !== undefined) return typeof now === 'number' ? numberOf(given) : given;
  if (isShare(now)) {
    const share = live === 'canary' ? 100 : 0;
    return typeof now === 'number' ? share : String(share);
  }
  const text = String(now);
  const image = restored && restored.image !== 'none' ? restored.image : undefined;
  if (digestIn(text)) {
    if (!image)
      throw new UserError(
        `no earlier version with an image completed here, so what ${quote(text)} goes back to is not known: pass gitops-value`,
      );
    return text.includes('@') ? image : (digestIn(image) as string);
  }
  if (!restored) throw new UserError('no earlier version completed here: pass gitops-value');
  return restored.version;
}

function mayReplace({ inputs, from, restored }: Following, now: string | number): boolean {
  if (isShare(now)) return true;
  const text = String(now);
  const digest = digestIn(text);
  if (digest)
    return from.image === 'none' ? inputs['gitops-value'] !== undefined : digest === digestIn(from.image);
  return (
    text === from.version ||
    text === restored?.version ||
    (from.image === 'none' && inputs['gitops-value'] !== undefined)
  );
}

function numberOf(given: string): number {
  const value = Number(given);
  if (given.trim() === '' || !Number.isFinite(value))
    throw new UserError(`gitops-value is ${quote(given)}, where a number stands now`);
  return value;
}
