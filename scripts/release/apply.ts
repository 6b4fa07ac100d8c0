/**
 * The release step. Prints the plan; with `--apply` makes the commits and tags, with `--push <remote>` also sends them. Idempotent: the
 * state is which tags exist. Each action is one commit of its own on top of the released one, holding only what runs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { actionNames, root, versionOf } from '../project.ts';
import { changelogSection, planReleases, type Release, releasedFiles } from './plan.ts';

function git(args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}): string {
  return execFileSync('git', args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...options.env },
    input: options.input,
  }).trim();
}

/** One commit whose tree is a part of HEAD's, made without touching the work tree. */
function leanCommit(release: Release): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-release-'));
  const env = { GIT_INDEX_FILE: join(folder, 'index') };
  try {
    const entries = git(['ls-tree', '-r', 'HEAD']).split('\n');
    const files = new Set(
      releasedFiles(
        release.action,
        entries.map((line) => line.split('\t')[1] as string),
      ),
    );
    const kept = entries.filter((line) => files.has(line.split('\t')[1] as string));
    git(['update-index', '--index-info'], { env, input: `${kept.join('\n')}\n` });
    const tree = git(['write-tree'], { env });
    return git(['commit-tree', tree, '-p', 'HEAD', '-m', `${release.action} ${release.version}`]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function notesOf({ action, version }: Release): string {
  const file = join(root, 'actions', action, 'CHANGELOG.md');
  const notes = existsSync(file) ? changelogSection(readFileSync(file, 'utf8'), version) : undefined;
  if (notes === undefined)
    throw new Error(
      `actions/${action}/CHANGELOG.md has no section ${version}; run \`npx changeset version\` first`,
    );
  return notes;
}

const apply = process.argv.includes('--apply');
const at = process.argv.indexOf('--push');
const remote = at < 0 ? undefined : process.argv[at + 1];
const tags = git(['tag', '--list']).split('\n');
const plan = planReleases(
  actionNames().map((name) => ({ name, version: versionOf(name) })),
  tags,
);
if (plan.length === 0) console.log('Nothing to release: every version has its tag.');
if (apply && plan.length > 0 && git(['status', '--porcelain']) !== '')
  throw new Error('the tree is not clean; commit first');
for (const release of plan) {
  console.log(`${release.tag}${release.moving ? `, moving ${release.moving}` : ''}`);
  if (!apply) continue;
  const notes = notesOf(release);
  const commit = leanCommit(release);
  git(['tag', '--annotate', '--file', '-', release.tag, commit], { input: `${release.tag}\n\n${notes}\n` });
  if (release.moving) git(['tag', '--force', release.moving, commit]);
  if (remote) git(['push', remote, release.tag, ...(release.moving ? [`+${release.moving}`] : [])]);
}
if (!apply && plan.length > 0) console.log('Dry run; --apply makes these commits and tags.');
