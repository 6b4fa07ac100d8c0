import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { run } from '@sluice/process';
import type { JobEvent, JobResult, PipelineResult } from './result.ts';

const require = createRequire(import.meta.url);
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal
const ANSI = /\u001b\[[\d;]*m/g;
const ARTIFACTS = join('.gitlab-ci-local', 'artifacts');
const GITLAB_CI_LOCAL = join(dirname(require.resolve('gitlab-ci-local/package.json')), 'dist', 'index.js');

export interface PipelineOptions {
  /** The checkout. */
  readonly project: string;
  /** A folder for what belongs to all pipelines of this project; its HOME. */
  readonly home: string;
  /** Path of Sluice's command-line program. */
  readonly sluice: string;
  /** Variables of the project, as under Settings > CI/CD > Variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** Only these jobs, started by hand; default: the pipeline. */
  readonly jobs?: readonly string[];
  readonly onJob?: (event: JobEvent) => void;
  readonly signal: AbortSignal;
}

/** Runs a project's pipeline with gitlab-ci-local: jobs as GitLab runs them, each in a checkout of its own. */
export async function runPipeline(options: PipelineOptions): Promise<PipelineResult> {
  const { project, home, variables, jobs = [], signal } = options;
  // what an earlier pipeline left is none of this one's business
  await rm(join(project, ARTIFACTS), { recursive: true, force: true });
  const bin = await commands(home, options.sluice);
  const argv = [
    process.execPath,
    GITLAB_CI_LOCAL,
    ...['--force-shell-executor', '--shell-isolation', '--no-color'],
    ...['--ignore-predefined-vars', 'CI_PIPELINE_SOURCE'],
    ...['--ignore-schema-paths', '#/definitions/tags/minItems'],
    ...Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]),
    ...jobs,
  ];
  const lines: string[] = [];
  const done = await run(argv, {
    cwd: project,
    env: {
      ...process.env,
      HOME: home,
      PATH: [bin, dirname(process.execPath), process.env['PATH']].join(delimiter),
    },
    signal,
    capture: false,
    onLine: (line) => {
      const plain = line.replace(ANSI, '');
      lines.push(plain);
      const event = eventOf(plain);
      if (event) options.onJob?.(event);
    },
  });
  signal.throwIfAborted();
  return { exit: done.code, log: lines.join('\n'), jobs: await results(project, lines) };
}

/** What a line of gitlab-ci-local's log says about a job. */
function eventOf(line: string): JobEvent | undefined {
  const [, job, said, text, ended, exit] =
    /^(\S+)\s+(?:starting shell|(>) ?(.*)|(finished in) \S+ \S+(?:\s+(?:FAIL|WARN)\s+(\d+))?)/.exec(line) ??
    [];
  if (job === undefined || job === '') return undefined;
  if (said) return { job, kind: 'said', text: text ?? '' };
  if (ended) return { job, kind: 'ended', exit: Number(exit ?? 0) };
  return { job, kind: 'began' };
}

/**
 * A folder with the command `sluice`, as the image of the jobs would have it. Each call has a home and a folder for temporary files of
 * its own, gone when it ends: what two jobs share lies in the store.
 */
async function commands(home: string, program: string): Promise<string> {
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  const command = [process.execPath, program].map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `#!/bin/sh
own=$(mktemp -d) && mkdir "$own/home" "$own/tmp" || exit 70
trap 'rm -rf "$own"' EXIT
HOME=$own/home TMPDIR=$own/tmp ${command} "$@"
`;
  await writeFile(join(bin, 'sluice'), script, { mode: 0o755 });
  return bin;
}

/** What the jobs came to, read from the log's own words and from the dotenv reports that GitLab would collect. */
async function results(project: string, lines: readonly string[]): Promise<Map<string, JobResult>> {
  const jobs = new Map<string, JobResult>();
  const began = new Set<string>();
  for (const line of lines) {
    const ended = eventOf(line);
    if (ended?.kind === 'began') began.add(ended.job);
    // the pipeline itself finishes in the same words
    if (ended?.kind !== 'ended' || !began.has(ended.job)) continue;
    const name = ended.job;
    const dotenv = join(project, ARTIFACTS, name, '.gitlab-ci-reports', 'dotenv', 'sluice.env');
    const text = await readFile(dotenv, 'utf8').catch(() => '');
    const outputs = Object.fromEntries(
      [...text.matchAll(/^([A-Z_0-9]+)=(['`]?)(.*)\2$/gm)].map((m) => [m[1], m[3]?.replaceAll('$$', '$')]),
    );
    jobs.set(name, { name, exit: ended.exit, outputs });
  }
  return jobs;
}
