import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Forge, startForge } from './forge.ts';
import { type Job, newJob, runFixture } from './start.ts';

let job: Job;
let forge: Forge;
beforeEach(async () => {
  job = newJob();
  forge = await startForge();
});
afterEach(async () => {
  await forge.close();
  job.dispose();
});

const SHA = 'a'.repeat(40);

function onGitea(inputs: Record<string, string>) {
  const event = join(job.folder, 'event.json');
  writeFileSync(event, JSON.stringify({ pull_request: { number: 12, head: { sha: SHA } } }));
  return runFixture(job, {
    ...job.github,
    GITEA_ACTIONS: 'true',
    GITHUB_EVENT_PATH: event,
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_SERVER_URL: `http://127.0.0.1:${forge.port}`,
    GITHUB_API_URL: `http://127.0.0.1:${forge.port}/api/v1`,
    GITHUB_REPOSITORY: 'lab/models',
    GITHUB_SHA: 'b'.repeat(40),
    INPUT_MODE: 'report',
    ...inputs,
  });
}

function onGitLab(inputs: Record<string, string>) {
  return runFixture(job, {
    ...job.gitlab,
    CI_API_V4_URL: `http://127.0.0.1:${forge.port}/api/v4`,
    CI_PROJECT_ID: '42',
    CI_MERGE_REQUEST_IID: '12',
    CI_COMMIT_SHA: SHA,
    SLUICE_INPUT_MODE: 'report',
    ...inputs,
  });
}

const hosts = {
  gitea: {
    run: (note: string, token?: string) =>
      onGitea({ INPUT_NOTE: note, ...(token ? { INPUT_TOKEN: token } : {}) }),
    list: '/api/v1/repos/lab/models/issues/12/comments',
    token: 'token forge-token',
  },
  gitlab: {
    run: (note: string, token?: string) =>
      onGitLab({ SLUICE_INPUT_NOTE: note, ...(token ? { SLUICE_INPUT_TOKEN: token } : {}) }),
    list: '/api/v4/projects/42/merge_requests/12/notes',
    token: 'forge-token',
  },
};

describe.each(Object.entries(hosts))('on %s', (_, { run, list, token }) => {
  it('one comment per key is made, then updated in place, and the commit is marked', async () => {
    expect((await run('first words', 'forge-token')).exit).toBe(0);
    expect((await run('second words', 'forge-token')).exit).toBe(0);
    const ours = forge.comments.slice(1);
    expect(ours).toHaveLength(1);
    expect(ours[0]?.body).toContain('second words');
    expect(ours[0]?.body).not.toContain('first words');
    expect(forge.comments[0]?.body).toMatch(/^a person wrote this/);
    expect(forge.asked[0]?.path.split('?')[0]).toBe(list);
    expect(forge.asked.every((asked) => asked.token === token)).toBe(true);
    expect(forge.statuses.at(-1)).toMatchObject({ state: 'success', description: 'second words' });
    expect(forge.asked.filter((a) => a.path.includes('/statuses/')).every((a) => a.path.includes(SHA))).toBe(
      true,
    );
  });

  it('nothing is asked without a token', async () => {
    expect((await run('words')).exit).toBe(0);
    expect(forge.asked).toEqual([]);
  });

  it('a token that may not is a warning, never a failure', async () => {
    forge.refuse(403);
    const { exit, stdout } = await run('words', 'forge-token');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/warning: the comment was not written: .*Resource not accessible/);
    expect(stdout).toMatch(/warning: the commit was not marked/);
    expect(stdout.replace('::add-mask::forge-token', '')).not.toContain('forge-token');
  });

  it('a page in place of an answer, or no word at all, is a warning of one line', async () => {
    for (const [page, why] of [
      [`<html>\n${'<p>bad gateway</p>\n'.repeat(3000)}</html>`, /<html> <p>bad gateway<\/p> <p>/],
      ['', /it gave no reason \(status 502\)|GitLab answered 502 to GET/],
    ] as const) {
      forge.refuse(502, page);
      const { exit, stdout } = await run('words', 'forge-token');
      expect(exit).toBe(0);
      const said = stdout.split('\n').filter((line) => line.includes('the comment was not written'));
      expect(said).toEqual([expect.stringMatching(why)]);
      expect(said[0]).toContain('the token needs the right to write comments');
      expect(stdout.length).toBeLessThan(3000);
    }
  });
});
