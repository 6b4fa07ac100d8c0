import type { Host } from '@sluice/host';
import { Git } from './git.ts';
import { matcher } from './glob.ts';
import { previousTag } from './previous-tag.ts';

/** Whether a change affects the model, and how that is known. */
export interface Affected {
  readonly affected: boolean;
  /** In one sentence. */
  readonly because: string;
}

interface Compared {
  readonly patterns: readonly string[];
  /** Commit, tag or branch that the user wants to compare with. */
  readonly base: string | undefined;
  /** Whether a missing commit may be fetched. */
  readonly mayFetch: boolean;
}

/** Where comparing starts, or why that is not known. */
type Start = { readonly commit: string; readonly what: string } | { readonly unknown: string };

/**
 * Compares with the merge base of a pull or merge request, the commit before a push, the previous tag of a tag; a
 * missing commit is fetched first. What cannot be known affects the model: a training too many costs less than one too few.
 */
export async function modelAffected({ patterns, base, mayFetch }: Compared, host: Host): Promise<Affected> {
  const git = new Git(host, { mayFetch });
  const head = await git.commit('HEAD').catch(() => undefined);
  if (head === undefined) return yes('the workspace is no git checkout, so what changed is not known');
  const start = await startOf(base, head, git, host);
  if ('unknown' in start) return yes(start.unknown);
  const files = await git.changed(start.commit, head);
  if (files === undefined) return yes(`git cannot compare with ${start.what}`);
  const found = files.filter(matcher(patterns));
  if (found.length === 0)
    return {
      affected: false,
      because: `none of the ${files.length} files changed since ${start.what} is in model-paths`,
    };
  const more = found.length > 3 ? ` and ${found.length - 3} more` : '';
  return yes(`changed since ${start.what}: ${found.slice(0, 3).join(', ')}${more}`);
}

const yes = (because: string): Affected => ({ affected: true, because });

async function startOf(base: string | undefined, head: string, git: Git, host: Host): Promise<Start> {
  const { event, before, targetBranch, ref } = host.source;
  if (base !== undefined) return mergeBase(base, `base ${base}`, head, git);
  switch (event) {
    case 'pull-request':
      if (before !== undefined)
        return mergeBase(before, `the merge base with ${targetBranch ?? before.slice(0, 12)}`, head, git);
      return targetBranch === undefined
        ? { unknown: 'the host does not say what the request is to be merged into' }
        : mergeBase(targetBranch, `the merge base with ${targetBranch}`, head, git);
    case 'push':
      return before === undefined
        ? { unknown: 'the host names no commit before this push (a new branch, or its first push)' }
        : here(before, `${before.slice(0, 12)}, the commit before this push,`, git);
    case 'tag': {
      const tag = ref?.replace(/^refs\/tags\//, '') ?? '';
      const previous = previousTag(tag, await git.tags());
      return previous === undefined
        ? { unknown: `there is no tag before '${tag}'` }
        : here(`refs/tags/${previous}`, `the previous tag ${previous}`, git);
    }
    case 'schedule':
      return { unknown: 'a schedule runs the whole pipeline' };
    case 'manual':
      return { unknown: 'a run by hand is the whole pipeline; give `base` to compare with a commit' };
    default:
      return { unknown: 'the host does not say what this runs for; give `base` to compare with a commit' };
  }
}

async function here(name: string, what: string, git: Git): Promise<Start> {
  const commit = (await git.commit(name)) ?? (await git.fetch(name));
  return commit === undefined
    ? { unknown: `${what} is not here and could not be fetched` }
    : { commit, what };
}

/**
 * The last commit that two lines of history share. In a shallow clone there is none to be found: then the other commit
 * itself, which can only show more changes, never fewer.
 */
async function mergeBase(name: string, what: string, head: string, git: Git): Promise<Start> {
  const other = (await git.commit(name)) ?? (await git.commit(`origin/${name}`)) ?? (await git.fetch(name));
  if (other === undefined) return { unknown: `${what}: '${name}' is not here and could not be fetched` };
  const shared = (await git.ask('merge-base', other, head))?.trim();
  return shared
    ? { commit: shared, what }
    : { commit: other, what: `${other.slice(0, 12)} (the clone is too shallow for ${what})` };
}
