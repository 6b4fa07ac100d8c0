import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { UserError } from '@sluice/contract';
import { argvInputs } from '../cli/argv.ts';
import { commentMarker } from '../comment-marker.ts';
import { paintFor } from '../log/colour.ts';
import type { End, Platform, Surroundings } from '../platform.ts';
import type { Log } from '../types.ts';
import { isFailure, KINDS } from '../verdict.ts';
import { annotationCommands, annotationLine, cut } from './annotations.ts';
import { githubApi, writeStatus } from './api.ts';
import { githubCache } from './cache.ts';
import { command } from './command.ts';
import { commandFile } from './command-file.ts';
import { placeOf, writeComment } from './comments.ts';
import { writeDeployment } from './deployments.ts';
import { githubInputs } from './inputs.ts';
import { githubLog } from './log.ts';
import { githubSource, pullRequestOf, readEvent } from './source.ts';
import { StepSummary } from './summary.ts';

/** GitHub, GitHub Enterprise Server, Gitea, Forgejo and act. */
export function githubPlatform(around: Surroundings): Platform {
  const { action, env, secrets, signal } = around;
  const hidden = (text: string) => secrets.cut(text);
  const print = (line: string) => around.stdout.write(`${line}\n`);
  const log = githubLog(print, hidden, randomUUID, paintFor(env), around.now);
  const event = readEvent(env);
  const summary = env.GITHUB_STEP_SUMMARY ? new StepSummary(env.GITHUB_STEP_SUMMARY) : undefined;
  const outputFile = env.GITHUB_OUTPUT;

  return {
    kind: 'github',
    workspace: env.GITHUB_WORKSPACE || around.cwd,
    temp: env.RUNNER_TEMP || tmpdir(),
    oneLine: false,
    log,
    cache: githubCache(env, log),
    begin() {},
    given: (definition) =>
      new Map([...githubInputs(definition, env), ...argvInputs(definition, around.argv)]),
    async source() {
      const source = githubSource(env, event);
      if (source.event !== 'tag' || source.before || !source.commit) return source;
      const { previousTag } = await import('../cli/git.ts');
      return {
        ...source,
        before: await previousTag(env.GITHUB_WORKSPACE || around.cwd, source.commit, env),
      };
    },
    hide(lines) {
      for (const line of lines) print(command('add-mask', {}, line));
    },
    summarise(render, path) {
      if (!summary) return;
      if (!summary.add(render, hidden))
        log.warn(`the summary of this step is full; the whole report is ${path}`);
    },
    async comment({ key, markdown, commit }, token) {
      const issue = pullRequestOf(event);
      if (issue === undefined && commit === undefined) return;
      const api = await githubApi(env, token);
      const place = issue === undefined ? await placeOf(api, commit as string, signal) : { issue };
      await writeComment(api, place, commentMarker(action, key), hidden(markdown), signal);
    },
    async commitStatus(status, source, token) {
      const sha = event.pull_request?.head?.sha ?? status.commit ?? source.commit;
      if (sha) await writeStatus(await githubApi(env, token), sha, status, source.jobUrl, signal);
    },
    async deployment(deployment, source, token) {
      const sha = deployment.commit ?? source.commit;
      if (sha) await writeDeployment(await githubApi(env, token), sha, deployment, source.jobUrl, signal);
    },
    annotate(annotations, { failed }) {
      const safe = annotations.map((a) => ({
        ...a,
        message: hidden(a.message),
        ...(a.title === undefined ? {} : { title: hidden(a.title) }),
      }));
      const { commands, others } = annotationCommands(
        safe,
        failed ? 1 : 0,
        `sluice-report/${action}/codequality.json`,
      );
      for (const line of commands) print(line);
      for (const other of others) log.info(annotationLine(other));
    },
    checkOutputs() {
      if (!outputFile)
        throw new UserError(
          'GITHUB_OUTPUT is not set, so no output could be handed on: run this in a step of a workflow',
        );
    },
    end(end) {
      conclude(end, print, hidden, log);
      if (!isFailure(end) && outputFile) appendFileSync(outputFile, commandFile(end.outputs, randomUUID));
    },
  };
}

function conclude(end: End, print: (line: string) => void, hidden: (text: string) => string, log: Log): void {
  if (isFailure(end)) {
    print(command('error', {}, cut(hidden(end.message), 4096)));
    if (end.stack) log.error(end.stack);
    return;
  }
  if (end.sentence) log.info(end.sentence);
  if (end.refused !== undefined) {
    const text = cut(hidden(`${KINDS[3]}: ${end.refused}`), 4096);
    print(command(end.exit === 3 ? 'error' : 'warning', {}, text));
  }
}
