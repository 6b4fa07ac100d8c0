import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runPipeline } from '../../demo/pipeline/gitlab.ts';
import { installPipelines, sluiceProgram } from '../../demo/pipeline/local.ts';
import { type Ran, Repository } from '../github/repository.ts';
import { actProgram } from '../parts/act.ts';
import { type RatedRun, ratedRun } from './rated-run.ts';

const act = await actProgram();

let rated: RatedRun;
beforeAll(async () => {
  rated = await ratedRun();
});
afterAll(() => rated[Symbol.dispose]());

/** A run is judged, a sample of its answers rated, and the example workflow decides on the ratings. */
describe.skipIf(!act)('workflows-examples/github/review.yml', () => {
  it('approves what the reviewers accept, and rejects what they do not', async () => {
    const repository = new Repository({
      act: act as string,
      folder: join(rated.folder, 'github'),
      vars: rated.variables,
      secrets: ['REVIEW_KEY'],
      env: { ...process.env, REVIEW_KEY: rated.key },
    });
    const decide = async (bad: number): Promise<Ran> => {
      repository.commit(`Ratings, ${bad} not accepted`, rated.files(bad));
      return repository.run({
        event: 'workflow_dispatch',
        workflow: 'review.yml',
        inputs: { 'run-id': rated.run },
      });
    };
    const outputs = ({ jobs, log }: Ran) => {
      expect(jobs.review, log).toBeDefined();
      return jobs.review?.steps.gate?.outputs;
    };
    expect(outputs(await decide(1))).toMatchObject({
      decision: 'approve',
      deploy: 'true',
      'run-id': rated.run,
    });
    expect(outputs(await decide(6))).toMatchObject({ decision: 'reject', deploy: 'false' });
  });
});

describe('workflows-examples/gitlab/review.gitlab-ci.yml', () => {
  it('is a job of a pipeline that was started by hand for a run, and decides on its ratings', async () => {
    const project = join(rated.folder, 'gitlab');
    const key = join(rated.folder, 'key-of-type-file.json');
    writeFileSync(key, rated.key);
    mkdirSync(project);
    const git = (...argv: string[]) => execFileSync('git', argv, { cwd: project });
    git('init', '-q', '-b', 'main');
    git('remote', 'add', 'origin', 'https://gitlab.example/group/answers.git');
    await installPipelines(project, { plan: '100@1s', image: true });
    const decide = async (bad: number) => {
      for (const [name, text] of Object.entries(rated.files(bad))) {
        mkdirSync(join(project, dirname(name)), { recursive: true });
        writeFileSync(join(project, name), text());
      }
      git('add', '-A');
      git(
        '-c',
        'user.name=A',
        '-c',
        'user.email=a@example.com',
        'commit',
        '-q',
        '-m',
        `Ratings, ${bad} not accepted`,
      );
      const { jobs, log } = await runPipeline({
        project,
        home: join(rated.folder, 'runner'),
        sluice: sluiceProgram(),
        variables: {
          ...rated.variables,
          REVIEW_KEY: key,
          RATED_RUN_ID: rated.run,
          CI_PIPELINE_SOURCE: 'web',
        },
        jobs: ['review'],
        signal: new AbortController().signal,
      });
      const review = jobs.get('review');
      expect(review, log).toBeDefined();
      return review;
    };
    expect(await decide(1)).toMatchObject({
      exit: 0,
      outputs: { REVIEW_DECISION: 'approve', REVIEW_DEPLOY: 'true', REVIEW_RUN_ID: rated.run },
    });
    expect(await decide(6)).toMatchObject({
      exit: 3,
      outputs: { REVIEW_DECISION: 'reject', REVIEW_DEPLOY: 'false' },
    });
  });
});
