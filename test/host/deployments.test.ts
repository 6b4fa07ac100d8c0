import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, startLedger } from './ledger.ts';
import { type Job, newJob, runFixture } from './start.ts';

let job: Job;
let ledger: Ledger;
beforeEach(async () => {
  job = newJob();
  ledger = await startLedger();
});
afterEach(async () => {
  await ledger.close();
  job.dispose();
});

const DEPLOYED = 'd'.repeat(40);

const hosts = {
  github: {
    run: (note: string, more: Record<string, string> = {}) =>
      runFixture(job, {
        ...job.github,
        GITHUB_EVENT_NAME: 'schedule',
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_API_URL: `http://127.0.0.1:${ledger.port}/gh`,
        GITHUB_REPOSITORY: 'lab/models',
        GITHUB_RUN_ID: '99',
        GITHUB_SHA: 'b'.repeat(40),
        INPUT_MODE: 'tick',
        INPUT_NOTE: note,
        INPUT_TOKEN: 'forge-token',
        ...more,
      }),
    states: ['in_progress', 'success', 'inactive', 'failure'],
    ours: `commits ${DEPLOYED}`,
    request: 'issues 12',
  },
  gitlab: {
    run: (note: string, more: Record<string, string> = {}) =>
      runFixture(job, {
        ...job.gitlab,
        CI_PIPELINE_SOURCE: 'schedule',
        CI_API_V4_URL: `http://127.0.0.1:${ledger.port}/gl`,
        CI_PROJECT_ID: '42',
        CI_COMMIT_SHA: 'b'.repeat(40),
        CI_COMMIT_BRANCH: 'main',
        SLUICE_INPUT_MODE: 'tick',
        SLUICE_INPUT_NOTE: note,
        SLUICE_INPUT_TOKEN: 'forge-token',
        ...more,
      }),
    states: ['running', 'success', 'canceled', 'failed'],
    ours: `repository/commits ${DEPLOYED}`,
    request: 'merge_requests 12',
  },
};

describe.each(Object.entries(hosts))('a step on a schedule, on %s', (name, host) => {
  it('marks one deployment of the commit it deploys, whatever the run that tells its state', async () => {
    const shown = ['in-progress at 1 %', 'in-progress at 25 %', 'success at 100 %', 'inactive: taken back'];
    for (const note of shown) expect((await host.run(note)).exit).toBe(0);
    expect(ledger.deployments).toHaveLength(1);
    const [deployment] = ledger.deployments;
    expect(deployment).toMatchObject({ sha: DEPLOYED, environment: 'production/eu', status: host.states[2] });
    if (name === 'github')
      expect(deployment?.history.at(-2)).toEqual({
        state: 'success',
        description: 'success at 100 %',
        environment: 'production/eu',
        environment_url: 'https://models.example/v1',
        log_url: 'https://github.example/lab/models/actions/runs/99',
      });
    else expect(deployment?.body).toMatchObject({ ref: 'main', tag: false });
  }, 60_000);

  it('a failure is told; a deployment that ended is not begun again, another one is', async () => {
    await host.run('in-progress at 1 %');
    await host.run('failure: errors doubled');
    expect(ledger.deployments.map((d) => d.status)).toEqual([host.states[3]]);
    const run = name === 'github' ? { 'INPUT_RUN-ID': 'another-run' } : {};
    await host.run('in-progress at 1 %', run);
    expect(ledger.deployments.map((d) => d.status)).toEqual([host.states[3], host.states[0]]);
  }, 60_000);

  it('writes one comment to the request that brought the commit, updated in place', async () => {
    ledger.broughtBy = 12;
    await host.run('in-progress at 1 %');
    await host.run('in-progress at 25 %');
    expect(ledger.notes).toMatchObject([{ on: host.request, body: expect.stringContaining('at 25 %') }]);
  }, 60_000);

  it('else to the commit', async () => {
    await host.run('in-progress at 1 %');
    await host.run('in-progress at 25 %');
    expect(ledger.notes).toMatchObject([{ on: host.ours, body: expect.stringContaining('at 25 %') }]);
  }, 60_000);

  it('a host without deployments or comments on commits: a warning, and the step goes on', async () => {
    ledger.missing = /deployments|commits/;
    const { exit, stdout } = await host.run('success');
    expect(exit).toBe(0);
    expect(stdout).toMatch(/warning: the deployment to 'production\/eu' was not marked/);
    expect(stdout).toMatch(/warning: the comment was not written/);
  });

  it('without a token, and in a dry run, nothing is asked', async () => {
    await host.run('success', { INPUT_TOKEN: '', SLUICE_INPUT_TOKEN: '' });
    const dry = await host.run('success', { 'INPUT_DRY-RUN': 'true', SLUICE_INPUT_DRY_RUN: 'true' });
    expect(dry.stdout).toContain("dry run: would mark the deployment to 'production/eu' as success");
    expect(ledger.asked).toEqual([]);
  }, 60_000);
});
