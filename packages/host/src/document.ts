import { readFile } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { type DocumentSource, messageOf, UserError } from '@sluice/contract';
import { run } from '@sluice/process';
import type { DocumentText } from './types.ts';

export interface DocumentRules {
  readonly input: string;
  readonly decides: boolean;
  readonly workspace: string;
  /** True on hosts whose pipeline variables outrank a job's own (GitLab): inline text could then be anybody's. */
  readonly overridable: boolean;
}

/**
 * Reads a Document. What decides must be what the commit says: where variables can be overwritten, inline text is refused
 * and a file must be tracked by git and equal to the commit's.
 */
export async function documentText(source: DocumentSource, rules: DocumentRules): Promise<DocumentText> {
  const { input, workspace } = rules;
  if ('inline' in source) {
    if (rules.decides && rules.overridable) {
      throw new UserError(
        `input '${input}' is written inline, but on this host whoever may start a pipeline with variables can overwrite it; commit it as a file and pass its path`,
      );
    }
    return { text: source.inline, name: input };
  }
  const path = resolve(workspace, source.path);
  const inside = relative(workspace, path);
  if (rules.decides && rules.overridable) await assertCommitted(inside, rules);
  try {
    return { text: await readFile(path, 'utf8'), name: inside.startsWith('..') ? path : inside };
  } catch (error) {
    throw new UserError(
      `input '${input}': the file '${source.path}' cannot be read (${messageOf(error)}); give a path relative to the checkout`,
    );
  }
}

async function assertCommitted(path: string, { input, workspace }: DocumentRules): Promise<void> {
  if (path.startsWith('..') || isAbsolute(path))
    throw new UserError(
      `input '${input}': '${path}' lies outside the checkout; it decides, so it must be a file of the commit`,
    );
  const tracked = await run(['git', 'ls-files', '--error-unmatch', '--', path], { cwd: workspace });
  const same =
    tracked.code === 0 &&
    (await run(['git', 'diff', '--quiet', 'HEAD', '--', path], { cwd: workspace })).code === 0;
  if (!same)
    throw new UserError(
      `input '${input}': '${path}' is not the file of the commit (${tracked.code === 0 ? 'it was changed' : 'git does not know it'}); what decides is taken from the commit alone`,
    );
}
