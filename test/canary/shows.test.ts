import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '@sluice/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Ledger, startLedger } from '../host/ledger.ts';
import { type Job, newJob } from '../host/start.ts';
import { githubStep, gitlabStep, type StepEnded } from '../host/step.ts';
import { POLICY, Stage } from './stage.ts';

let stage: Stage;
let job: Job;
let ledger: Ledger;
beforeEach(async () => {
  stage = await Stage.open();
  job = newJob();
  ledger = await startLedger();
  // what decides is a file of the commit
  writeFileSync(join(job.folder, 'policy.yaml'), POLICY);
  for (const argv of [
    ['init', '-q'],
    ['add', 'policy.yaml'],
    ['-c', 'user.name=t', '-c', 'user.email=t@e', 'commit', '-qm', 'policy'],
  ])
    await run(['git', ...argv], { cwd: job.folder });
});
afterEach(async () => {
  await ledger.close();
  job.dispose();
  await stage[Symbol.asyncDispose]();
});

type Given = Readonly<Record<string, string>>;
type Action = 'canary-step' | 'rollback';

/** Commits that the two versions were made from; the schedule runs for another one. */
const [ONE, TWO, SCHEDULED] = ['1'.repeat(40), '2'.repeat(40), 'b'.repeat(40)] as const;

const store = () => ({ SLUICE_STORE_URL: stage.env['SLUICE_STORE_URL'] as string });
const hosts = {
  github: {
    step: (action: Action, given: Given) =>
      githubStep(job, action, given, {
        ...store(),
        GITHUB_EVENT_NAME: 'schedule',
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_API_URL: `http://127.0.0.1:${ledger.port}/gh`,
        GITHUB_REPOSITORY: 'lab/models',
        GITHUB_RUN_ID: '99',
        GITHUB_SHA: SCHEDULED,
      }).ended,
    begun: 'in_progress',
    failed: 'failure',
    inactive: 'inactive',
    context: 'context',
    refused: 'failure',
    on: (commit: string) => `commits ${commit}`,
    request: 'issues 12',
  },
  gitlab: {
    step: (action: Action, given: Given) =>
      gitlabStep(job, action, given, {
        ...store(),
        CI_PIPELINE_SOURCE: 'schedule',
        CI_API_V4_URL: `http://127.0.0.1:${ledger.port}/gl`,
        CI_PROJECT_ID: '42',
        CI_COMMIT_SHA: SCHEDULED,
        CI_COMMIT_BRANCH: 'main',
      }).ended,
    begun: 'running',
    failed: 'failed',
    inactive: 'canceled',
    context: 'name',
    refused: 'failed',
    on: (commit: string) => `repository/commits ${commit}`,
    request: 'merge_requests 12',
  },
};

const text = ({ exit, stdout, stderr }: StepEnded) => `exit ${exit}\n${stdout}\n${stderr}`;
const warnings = ({ stdout }: StepEnded) =>
  stdout.split('\n').filter((line) => /^(::)?warning.* was not (marked|written)/.test(line));

describe.each(Object.entries(hosts))('where a rollout stands, on the pages of %s', (_, host) => {
  const step = (action: Action, given: Given = {}) =>
    host.step(action, {
      target: stage.gateway.target,
      token: 'forge-token',
      stable: stage.servers.stable.url,
      canary: stage.servers.canary.url,
      ...given,
    });
  const judged = async (runId: string, version: string, commit: string) => {
    const { start } = await stage.judged({ runId, version, commit });
    return { ...start, policy: 'policy.yaml' };
  };
  /** Steps of a schedule, with users, until one decides this. */
  const until = async (decision: string): Promise<StepEnded> => {
    const { result } = await stage.withUsers(async () => {
      for (const end = Date.now() + 60_000; ; await sleep(250)) {
        const ended = await step('canary-step');
        if (
          ended.outputs.get('decision') === decision ||
          ended.outputs.get('CANARY_STEP_DECISION') === decision
        )
          return ended;
        if (Date.now() > end) throw new Error(`never ${decision}: ${text(ended)}`);
      }
    });
    return result;
  };
  /** What became of a commit's mark: its states, one after the other. */
  const marks = (commit: string) =>
    ledger.statuses.flatMap(({ sha, body }) => (sha === commit ? [body['state']] : []));
  const deployed = (commit: string) => ledger.deployments.filter(({ sha }) => sha === commit);

  it('its status, its deployment and one comment follow it up, and back', async () => {
    await stage.withUsers(async () => step('canary-step', await judged('run-0000-0001', 'qwen-v1.1.0', ONE)));
    expect(new Set(marks(ONE))).toEqual(new Set(['pending']));
    expect(deployed(ONE)).toMatchObject([{ environment: 'production' }]);
    const first = deployed(ONE)[0];
    expect([first?.status, ...(first?.history ?? []).map(({ state }) => state)]).toContain(host.begun);

    const last = await until('complete');
    expect(last.exit, text(last)).toBe(0);
    expect(
      marks(ONE)
        .slice(0, -1)
        .every((state) => state === 'pending'),
    ).toBe(true);
    expect(marks(ONE).at(-1)).toBe('success');
    expect(ledger.statuses.at(-1)?.body).toMatchObject({
      [host.context]: 'sluice/canary-step',
      description: expect.stringMatching(/^qwen-v1\.1\.0 at 100 %: /),
    });
    expect(deployed(ONE)).toMatchObject([{ status: 'success' }]);
    expect(ledger.notes).toMatchObject([
      {
        on: host.on(ONE),
        body: expect.stringMatching(/^<!-- sluice canary-step canary -->\n## Canary of qwen-v1\.1\.0/),
      },
    ]);
    // a tick that decides nothing says nothing new
    const told = ledger.statuses.length;
    await stage.withUsers(() => step('canary-step'));
    expect([ledger.statuses.length, ledger.deployments.length, ledger.notes.length]).toEqual([told, 1, 1]);

    // the next version fails, and goes back by itself; its pull request is told
    ledger.broughtBy = 12;
    stage.servers.stable.version = 'qwen-v1.2.0';
    await stage.withUsers(async () => step('canary-step', await judged('run-0000-0002', 'qwen-v1.2.0', TWO)));
    stage.servers.stable.failing = 0.6;
    const bad = await until('rollback');
    expect(bad.exit, text(bad)).toBe(3);
    expect(marks(TWO)[0]).toBe('pending');
    expect(marks(TWO).at(-1)).toBe(host.refused);
    expect(deployed(TWO)).toMatchObject([{ status: host.failed }]);
    expect(deployed(ONE)).toMatchObject([{ status: 'success' }]);
    expect(ledger.notes.filter(({ on }) => on === host.request)).toMatchObject([
      { body: expect.stringMatching(/rolled back/i) },
    ]);
    // nothing was said of the commit that the schedule runs for
    expect(ledger.statuses.filter(({ sha }) => sha === SCHEDULED)).toEqual([]);
  });

  it('a rollback of what was live is told, with what has the users again', async () => {
    const go = async (runId: string, version: string, commit: string) => {
      const given = await judged(runId, version, commit);
      const { result } = await stage.withUsers(() =>
        step('canary-step', { ...given, wait: 'true', 'wait-limit': '90s' }),
      );
      expect(result.exit, text(result)).toBe(0);
    };
    await go('run-0000-0001', 'qwen-v1.1.0', ONE);
    // one job that waited told the stages as they came
    expect(marks(ONE).slice(0, 2)).toEqual(['pending', 'pending']);
    expect(marks(ONE).at(-1)).toBe('success');
    stage.servers.stable.version = 'qwen-v1.2.0';
    await go('run-0000-0002', 'qwen-v1.2.0', TWO);
    const given = { 'run-id': 'run-0000-0002', reason: 'wrong answers in Spanish', verify: '1' };
    const told = ledger.statuses.length;
    const drill = await step('rollback', { ...given, drill: 'true' });
    expect(drill.exit, text(drill)).toBe(0);
    expect(ledger.statuses).toHaveLength(told);
    const back = await step('rollback', given);
    expect(back.exit, text(back)).toBe(0);
    expect(marks(TWO).at(-1)).toBe(host.refused);
    expect(ledger.statuses.at(-1)?.body['description']).toBe(
      'qwen-v1.2.0 was taken back: wrong answers in Spanish',
    );
    expect(deployed(TWO)).toMatchObject([{ status: host.inactive }]);
    expect(deployed(ONE)).toMatchObject([{ status: 'success' }]);
    expect(ledger.notes.at(-1)).toMatchObject({
      on: host.on(TWO),
      body: expect.stringMatching(/^<!-- sluice rollback rollback -->\n## Rollback of qwen-v1\.2\.0/),
    });
  });

  it('a right that the token lacks is one warning, and the rollout goes on', async () => {
    ledger.forbidden = /deployments/;
    const begun = await judged('run-0000-0001', 'qwen-v1.1.0', ONE);
    const { result } = await stage.withUsers(() => step('canary-step', begun));
    expect(result.exit, text(result)).toBe(0);
    expect(warnings(result)).toEqual([
      expect.stringMatching(
        /the deployment to 'production' was not marked: .*the token needs the right to write deployments/,
      ),
    ]);
    expect(result.stdout.replace('::add-mask::forge-token', '')).not.toContain('forge-token');
    expect(new Set(marks(ONE))).toEqual(new Set(['pending']));
    expect((await stage.state()).rollout?.runId).toBe('run-0000-0001');
  });
});

it('what a killed tick has not told, the next one tells', async () => {
  const { start } = await stage.judged({ runId: 'run-0000-0001', commit: ONE });
  const token = { token: 'forge-token' };
  const { deployment } = stage.host;
  await stage.withUsers(() => stage.step({ ...start, ...token }));
  const killed = () => Promise.reject(new TypeError('killed'));
  // as if it ended between the state and the pages
  await stage.withUsers(async () => {
    for (const end = Date.now() + 60_000; (await stage.router.weight()) < 100; await sleep(250)) {
      await stage.step(token);
      if (Date.now() > end) throw new Error('never at 100 %');
    }
    Object.assign(stage.host, { deployment: killed });
    for (const end = Date.now() + 60_000; ; await sleep(250)) {
      const ended = await stage.step(token).catch((error: unknown) => error);
      if (ended instanceof TypeError) break;
      if (Date.now() > end) throw new Error('never complete');
    }
  });
  expect((await stage.state()).rollout?.phase).toBe('complete');
  expect(stage.host.deployments.at(-1)).toMatchObject({ state: 'in-progress' });
  Object.assign(stage.host, { deployment });
  await stage.step(token);
  expect(stage.host.deployments.at(-1)).toMatchObject({ state: 'success', commit: ONE });
  expect((await stage.told('run-0000-0001')).at(-1)).toBe('complete 2 100');
});
