import { quote, UserError } from '@sluice/contract';
import { parseYamlPath, type YamlPath } from './yaml-path.ts';

/** One value in a file of a branch. */
export interface GitPlace {
  /** As git takes it: https, ssh, `user@host:path`, or a folder. */
  readonly repository: string;
  readonly branch: string;
  /** Relative to the root of the repository. */
  readonly file: string;
  readonly path: YamlPath;
}

const FORM =
  '<repository>#<branch>:<file>:<yaml path>, such as https://git.example/team/deploy.git#main:chat/values.yaml:canary.weight';

/** Schemes that run no program of their own; git's `ext::` would. */
const REPOSITORY = /^(https?:\/\/|ssh:\/\/|file:\/\/\/|\/|\.{1,2}\/|[A-Za-z0-9_.-]+@[A-Za-z0-9_.-]+:)\S+$/;

/** What git takes as the name of a branch, without its stranger characters. */
const BRANCH = /^(?!.*(\.\.|\/\/|\.lock$|\/$|@\{))[A-Za-z0-9_][A-Za-z0-9_./@+-]*$/;

/**
 * Parses `<repository>#<branch>:<file>:<yaml path>`.
 * @throws UserError for anything else, and for a repository with a password in its address: the target stands in logs and records
 */
export function parseGitPlace(target: string): GitPlace {
  const wrong = (what: string): UserError => new UserError(`${quote(target)} ${what}. Allowed: ${FORM}.`);
  const hash = target.indexOf('#');
  const [branch = '', file = '', ...rest] = target.slice(hash + 1).split(':');
  const repository = target.slice(0, Math.max(hash, 0));
  const path = rest.join(':');
  if (hash < 0 || path === '') throw wrong('is no place in a git repository');
  if (!REPOSITORY.test(repository))
    throw wrong(`names the repository ${quote(repository)}, which git cannot fetch`);
  if (/^https?:\/\/[^/]*:[^/]*@/.test(repository))
    throw new UserError(
      `the address of ${quote(repository.replace(/\/\/[^@]*@/, '//***@'))} holds a password, which the record would hold too: take it out and set GITOPS_TOKEN, or a credential helper of git`,
    );
  if (!BRANCH.test(branch)) throw wrong(`names ${quote(branch)}, which is no branch`);
  if (!/^(?!\/)(?!.*(^|\/)\.{1,2}(\/|$))[^\0\n]+$/.test(file))
    throw wrong(`names the file ${quote(file)}, which is no path inside a repository`);
  return { repository, branch, file, path: parseYamlPath(path) };
}
