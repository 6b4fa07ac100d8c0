import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { definition } from './fixture/action.ts';

const MAIN = join(import.meta.dirname, 'fixture', 'main.ts');
const GITLAB_CI_LOCAL = join(
  dirname(createRequire(import.meta.url).resolve('gitlab-ci-local/package.json')),
  'dist/index.js',
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Outputs as the next job's environment holds them. */
const outputs = Object.keys(definition.outputs).map(
  (name) => `FIXTURE_${name.toUpperCase().replaceAll('-', '_')}`,
);

function pipeline(jobs: Record<string, unknown>): string {
  writeFileSync(join(folder, '.gitlab-ci.yml'), stringify({ stages: ['one', 'two'], ...jobs }));
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], { cwd: folder });
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', 'git@gitlab.example:lab/models.git');
  git('add', '.');
  git('commit', '-q', '-m', 'pipeline');
  return execFileSync(process.execPath, [GITLAB_CI_LOCAL, '--shell-isolation'], {
    cwd: folder,
    env: { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: folder },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

describe('under gitlab-ci-local', () => {
  it('outputs cross from job to job as they were, also with # and $ in them', () => {
    const note = `s3://b/r#sha256=ab $HOME "5 %" it is 100 $`;
    pipeline({
      produce: {
        stage: 'one',
        variables: {
          SLUICE_INPUT_DEPLOY: 'true',
          SLUICE_INPUT_RUN_ID: 'run_12345',
          // GitLab itself turns $$ in a variable into $
          SLUICE_INPUT_NOTE: note.replaceAll('$', '$$$$'),
        },
        script: [`${process.execPath} ${MAIN}`],
        artifacts: { reports: { dotenv: 'sluice.env' } },
      },
      consume: {
        stage: 'two',
        needs: ['produce'],
        // as a component hands an output on to an input
        variables: { SLUICE_INPUT_NOTE: '$FIXTURE_NOTE' },
        script: [...outputs, 'SLUICE_INPUT_NOTE'].map(
          (name) => `printf '%s\\n' "${name}=$${name}" >> ${folder}/seen`,
        ),
      },
    });
    const seen = readFileSync(join(folder, 'seen'), 'utf8').trimEnd().split('\n');
    expect(
      Object.fromEntries(
        seen.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      ),
    ).toEqual({
      FIXTURE_DEPLOY: 'true',
      FIXTURE_DECISION: 'approve',
      FIXTURE_WEIGHT: '12.5',
      FIXTURE_RUN_ID: 'run_12345',
      FIXTURE_STEPS: '150',
      FIXTURE_METRICS: '{"task/exact-match":0.925,"loss":0.001}',
      FIXTURE_NOTE: note,
      SLUICE_INPUT_NOTE: note,
    });
  });

  it('a refusal ends with 3 and still hands its outputs on, where exit 3 is allowed', () => {
    pipeline({
      produce: {
        stage: 'one',
        variables: { SLUICE_INPUT_MODE: 'refuse' },
        script: [`${process.execPath} ${MAIN}`],
        artifacts: { when: 'always', reports: { dotenv: 'sluice.env' } },
        allow_failure: { exit_codes: [3] },
      },
      consume: {
        stage: 'two',
        needs: ['produce'],
        script: [`echo "$FIXTURE_DECISION $FIXTURE_DEPLOY" > ${folder}/seen`],
      },
    });
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('reject false\n');
  });
});
