import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { githubSource, pullRequestOf, readEvent } from './source.ts';

const base = {
  GITHUB_SERVER_URL: 'https://github.example',
  GITHUB_REPOSITORY: 'lab/models',
  GITHUB_SHA: 'c'.repeat(40),
  GITHUB_REF: 'refs/heads/main',
  GITHUB_RUN_ID: '77',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_JOB: 'gate',
  GITHUB_ACTOR: 'ada',
};
const ZEROS = '0'.repeat(40);

describe('githubSource', () => {
  it('knows repository, job and attempt', () => {
    expect(githubSource({ ...base, GITHUB_EVENT_NAME: 'push' }, { before: 'b'.repeat(40) })).toEqual({
      repository: 'https://github.example/lab/models',
      commit: 'c'.repeat(40),
      ref: 'refs/heads/main',
      event: 'push',
      before: 'b'.repeat(40),
      targetBranch: undefined,
      jobUrl: 'https://github.example/lab/models/actions/runs/77',
      actor: 'ada',
      invocation: 'https://github.example/lab/models/actions/runs/77/attempts/2#gate',
    });
  });

  it('takes a hash of zeros, as the first push of a branch has it, for unknown', () => {
    expect(githubSource({ ...base, GITHUB_EVENT_NAME: 'push' }, { before: ZEROS }).before).toBeUndefined();
  });

  it.each([
    ['pull_request', 'refs/pull/5/merge', 'pull-request'],
    ['pull_request_target', 'refs/heads/main', 'pull-request'],
    ['push', 'refs/tags/v1', 'tag'],
    ['schedule', 'refs/heads/main', 'schedule'],
    ['workflow_dispatch', 'refs/heads/main', 'manual'],
    ['merge_group', 'refs/heads/q', 'other'],
  ])('%s on %s is %s', (name, ref, event) => {
    expect(githubSource({ ...base, GITHUB_EVENT_NAME: name, GITHUB_REF: ref }, {}).event).toBe(event);
  });

  it('compares a pull request with its base', () => {
    const event = { pull_request: { number: 5, base: { sha: 'a'.repeat(40) } } };
    const source = githubSource(
      { ...base, GITHUB_EVENT_NAME: 'pull_request', GITHUB_BASE_REF: 'main' },
      event,
    );
    expect(source).toMatchObject({ before: 'a'.repeat(40), targetBranch: 'main' });
    expect(pullRequestOf(event)).toBe(5);
    expect(pullRequestOf({ issue: { number: 6 } })).toBeUndefined();
    expect(pullRequestOf({ issue: { number: 6, pull_request: {} } })).toBe(6);
  });
});

describe('readEvent', () => {
  it('is empty where there is none, or it is broken', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-event-'));
    try {
      const path = join(folder, 'event.json');
      expect(readEvent({})).toEqual({});
      expect(readEvent({ GITHUB_EVENT_PATH: path })).toEqual({});
      writeFileSync(path, '{"before":');
      expect(readEvent({ GITHUB_EVENT_PATH: path })).toEqual({});
      writeFileSync(path, '{"before":"abc"}');
      expect(readEvent({ GITHUB_EVENT_PATH: path })).toEqual({ before: 'abc' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
