import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { argvInputs } from '../cli/argv.ts';
import { commentMarker } from '../comment-marker.ts';
import { isGitLabCiLocal } from '../detect.ts';
import { annotationLine } from '../github/annotations.ts';
import { paintFor } from '../log/colour.ts';
import type { Platform, Surroundings } from '../platform.ts';
import { isFailure, KINDS } from '../verdict.ts';
import { GitLabApi } from './api.ts';
import { writeDeployment } from './deployments.ts';
import { dotenvReport, withoutPrefix } from './dotenv.ts';
import { gitlabInputs } from './inputs.ts';
import { gitlabLog } from './log.ts';
import { writeNote, writeNoteOnCommit } from './notes.ts';
import { gitlabSource } from './source.ts';

/** Bytes of a report that the log shows; the whole is in the HTML. */
const shownInLog = 20_000;

/** GitLab, and gitlab-ci-local. */
export function gitlabPlatform(around: Surroundings): Platform {
  const { action, env, secrets, signal } = around;
  const hidden = (text: string) => secrets.cut(text);
  const print = (line: string) => around.stdout.write(`${line}\n`);
  const paint = paintFor(env);
  const log = gitlabLog(print, hidden, paint, around.now, env.CI_DEBUG_TRACE === 'true');
  // gitlab-ci-local names the folder of its containers also where it runs a shell, which starts in the checkout
  const workspace = (!isGitLabCiLocal(env) && env.CI_PROJECT_DIR) || around.cwd;
  const dotenv = resolve(workspace, env.SLUICE_DOTENV || 'sluice.env');
  const prefix = env.SLUICE_OUTPUT_PREFIX || action.toUpperCase().replaceAll('-', '_');
  const reader = isGitLabCiLocal(env) ? 'gitlab-ci-local' : 'gitlab';
  const report = (outputs: ReadonlyMap<string, string>) =>
    dotenvReport(readIfThere(dotenv), prefix, outputs, reader);

  return {
    kind: 'gitlab',
    workspace,
    temp: tmpdir(),
    oneLine: true,
    log,
    // GitLab's `cache:` works by keyword only: the component declares SLUICE_CACHE_DIR's folder there
    cache: { restore: async () => false, save: async () => {} },
    begin() {
      const kept = isStale(dotenv, env.CI_JOB_STARTED_AT) ? [] : withoutPrefix(readIfThere(dotenv), prefix);
      replaceFile(dotenv, kept.map((line) => `${line}\n`).join(''));
    },
    given(definition) {
      return new Map([...gitlabInputs(definition, env), ...argvInputs(definition, around.argv)]);
    },
    async source() {
      const source = gitlabSource(env);
      if (source.event !== 'tag' || source.before || !source.commit) return source;
      const { previousTag } = await import('../cli/git.ts');
      return { ...source, before: await previousTag(workspace, source.commit, env) };
    },
    // a job cannot mask: what is printed here has been cut, and GitLab masks the variables it was told to
    hide() {},
    summarise(render, path) {
      log.section(`Report (whole: ${path})`, render(shownInLog));
    },
    async comment({ key, markdown, commit }, token) {
      const mergeRequest = env.CI_MERGE_REQUEST_IID;
      const marker = commentMarker(action, key);
      if (mergeRequest)
        await writeNote(new GitLabApi(env, token, signal), mergeRequest, marker, hidden(markdown));
      else if (commit)
        await writeNoteOnCommit(new GitLabApi(env, token, signal), commit, marker, hidden(markdown));
    },
    async commitStatus(status, source, token) {
      const sha = status.commit ?? source.commit;
      if (sha) await new GitLabApi(env, token, signal).writeStatus(sha, status, source.jobUrl);
    },
    async deployment(deployment, source, token) {
      const sha = deployment.commit ?? source.commit;
      if (sha) await writeDeployment(new GitLabApi(env, token, signal), sha, deployment, source);
    },
    annotate(annotations) {
      for (const annotation of annotations) log.info(annotationLine(annotation));
    },
    // the component collects sluice-report/ itself
    checkOutputs(outputs) {
      report(outputs);
    },
    end(end) {
      if (isFailure(end)) {
        print(paint('red', hidden(end.message)));
        if (end.stack) print(hidden(end.stack));
        return;
      }
      if (end.sentence) log.info(end.sentence);
      if (end.refused !== undefined)
        print(paint(end.exit === 3 ? 'red' : 'yellow', hidden(`${KINDS[3]}: ${end.refused}`)));
      replaceFile(dotenv, report(end.outputs));
    },
  };
}

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A report that is older than this job was left by another one in the same checkout: its values are not ours to hand on. */
function isStale(path: string, started: string | undefined): boolean {
  const file = statSync(path, { throwIfNoEntry: false });
  const since = Date.parse(started ?? '');
  return file !== undefined && !Number.isNaN(since) && file.mtimeMs < since;
}

/** Replaces a file in one step; an empty report is no file, since GitLab refuses an empty line. */
function replaceFile(path: string, text: string): void {
  if (text === '') {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, path);
}
