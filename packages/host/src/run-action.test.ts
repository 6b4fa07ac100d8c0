import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decision,
  defineAction,
  dryRun,
  failOnReject,
  flag,
  runId,
  SystemError,
  text,
  token,
} from '@sluice/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunActionOptions, runAction } from './run-action.ts';
import { obeyedCommands, readCommandFile, readDotenv } from './testing/index.ts';
import { action, type Host, type Outcome } from './types.ts';

const definition = defineAction({
  name: 'fixture',
  title: 'Fixture',
  description: 'For this test.',
  inputs: {
    ...dryRun,
    ...failOnReject,
    ...token,
    deploy: { type: flag, description: 'Wired from the gate.' },
    note: { type: text, description: 'Any text.', default: 'hello' },
  },
  outputs: {
    deploy: { type: flag, description: 'x' },
    decision: { type: decision, description: 'x' },
    'run-id': { type: runId, description: 'x' },
  },
});
type Body = (
  inputs: Parameters<Parameters<typeof action<typeof definition.inputs, typeof definition.outputs>>[1]>[0],
  host: Host,
) => Promise<Outcome<typeof definition.outputs>>;

const outputs = { deploy: true, decision: 'approve', 'run-id': runId.parse('abcdefgh') } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  writeFileSync(join(folder, 'output'), '');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function runOn(env: Record<string, string>, body: Body, options: Partial<RunActionOptions> = {}) {
  let stdout = '';
  let stderr = '';
  const exit = await runAction(action(definition, body), {
    programs: '/programs',
    env,
    cwd: folder,
    stdout: { write: (t) => (stdout += t) },
    stderr: { write: (t) => (stderr += t) },
    ...options,
  });
  return { exit, stdout, stderr };
}

const github = () => ({
  GITHUB_ACTIONS: 'true',
  GITHUB_WORKSPACE: folder,
  RUNNER_TEMP: folder,
  GITHUB_OUTPUT: join(folder, 'output'),
  GITHUB_STEP_SUMMARY: join(folder, 'summary'),
  NO_COLOR: '1',
});
const gitlab = () => ({ GITLAB_CI: 'true', CI_PROJECT_DIR: folder, CI_JOB_ID: '1', NO_COLOR: '1' });
const githubOutputs = () => readCommandFile(readFileSync(join(folder, 'output'), 'utf8'));
const wanted = new Map([
  ['deploy', 'true'],
  ['decision', 'approve'],
  ['run-id', 'abcdefgh'],
]);

describe('runAction on GitHub', () => {
  it('hands every output on, typed inputs in', async () => {
    const { exit } = await runOn({ ...github(), INPUT_DEPLOY: 'true', INPUT_NOTE: '' }, async (inputs) => {
      expect(inputs).toMatchObject({ deploy: true, note: 'hello', 'dry-run': false, token: undefined });
      return { outputs };
    });
    expect(exit).toBe(0);
    expect(githubOutputs()).toEqual(wanted);
  });

  it('names every bad input in the first line, and sets nothing', async () => {
    const env = { ...github(), INPUT_DEPLOY: '', INPUT_DRYRUN: 'yes' };
    const { exit, stdout } = await runOn(env, async () => ({ outputs }));
    expect(exit).toBe(2);
    const [error] = obeyedCommands(stdout);
    expect(error?.name).toBe('error');
    expect(error?.data).toMatch(/^bad input: 2 inputs are wrong:\n/);
    expect(error?.data).toMatch(/did you mean 'dry-run'/);
    expect(error?.data).toMatch(/'deploy'/);
    expect(githubOutputs().size).toBe(0);
  });

  it('sets the outputs of a refusal and ends with 3, or with 0 where a refusal may pass', async () => {
    const refuse: Body = async () => ({
      outputs: { ...outputs, deploy: false, decision: 'reject' },
      refused: 'exact match fell by 3 points',
    });
    const { exit, stdout } = await runOn(github(), refuse);
    expect(exit).toBe(3);
    expect(obeyedCommands(stdout)).toEqual([
      { name: 'error', properties: {}, data: 'not approved: exact match fell by 3 points' },
    ]);
    expect(githubOutputs().get('decision')).toBe('reject');
    const passing = await runOn({ ...github(), 'INPUT_FAIL-ON-REJECT': 'false' }, refuse);
    expect(passing.exit).toBe(0);
    expect(obeyedCommands(passing.stdout)[0]?.name).toBe('warning');
    const always = await runOn({ ...github(), 'INPUT_FAIL-ON-REJECT': 'false' }, async (i, h) => ({
      ...(await refuse(i, h)),
      always: true,
    }));
    expect(always.exit).toBe(3);
  });

  it('refuses to hand on an output that the runner would drop as masked', async () => {
    const { exit, stdout } = await runOn({ ...github(), INPUT_TOKEN: 'abcd' }, async () => ({ outputs }));
    expect(exit).toBe(2);
    expect(obeyedCommands(stdout)[0]).toMatchObject({ name: 'add-mask', data: 'abcd' });
    expect(stdout.replaceAll('::add-mask::abcd', '')).not.toContain('abcd');
    expect(stdout).toMatch(/bad input: output 'run-id' contains a text that is masked/);
    expect(githubOutputs().size).toBe(0);
  });

  it('cuts secrets out of logs, findings, errors and reports', async () => {
    const { stdout } = await runOn({ ...github(), INPUT_TOKEN: 's3cr3t-t0ken' }, async (_, host) => {
      host.log.info('using s3cr3t-t0ken');
      host.annotate({ level: 'error', message: 'refused s3cr3t-t0ken' });
      await host.publish({
        title: 'T',
        verdict: { state: 'fail', sentence: 's3cr3t-t0ken' },
        blocks: [],
      });
      throw new SystemError('http://u:s3cr3t-t0ken@host answered 401');
    });
    const shown = stdout.replace('::add-mask::s3cr3t-t0ken', '');
    expect(shown).not.toContain('s3cr3t');
    expect(shown).toContain('a system did not answer: http://***@host answered 401');
    expect(readFileSync(join(folder, 'summary'), 'utf8')).not.toContain('s3cr3t');
    expect(readFileSync(join(folder, 'sluice-report/fixture/fixture.html'), 'utf8')).not.toContain('s3cr3t');
  });

  it('takes an error that nobody expected for its own fault, with a stack', async () => {
    const { exit, stdout } = await runOn(github(), async () => {
      throw new RangeError('index 7');
    });
    expect(exit).toBe(70);
    expect(stdout).toMatch(/::error::a fault of ours: index 7%0AThis is Sluice/);
    expect(stdout).toContain('RangeError: index 7');
  });

  it('takes an output that is not declared or missing for its own fault', async () => {
    const { exit } = await runOn(github(), async () => ({ outputs: { ...outputs, extra: 1 } as never }));
    expect(exit).toBe(70);
    const { deploy: _, ...lacking } = outputs;
    expect((await runOn(github(), async () => ({ outputs: lacking as never }))).exit).toBe(70);
    expect(githubOutputs().size).toBe(0);
  });

  it('removes its temporary folder and shows findings within the limits', async () => {
    let temp = '';
    const { stdout } = await runOn(github(), async (_, host) => {
      temp = host.temp;
      writeFileSync(join(temp, 'x'), 'x');
      for (let line = 1; line <= 12; line++)
        host.annotate({ level: 'error', message: `bad ${line}`, file: 'a.py', line });
      return { outputs, refused: 'twelve findings' };
    });
    expect(existsSync(temp)).toBe(false);
    expect(obeyedCommands(stdout).filter((c) => c.name === 'error')).toHaveLength(10);
    const report = JSON.parse(readFileSync(join(folder, 'sluice-report/fixture/codequality.json'), 'utf8'));
    expect(report).toHaveLength(12);
  });
});

describe('runAction on GitLab', () => {
  it('writes a dotenv report that GitLab takes', async () => {
    const { exit } = await runOn({ ...gitlab(), SLUICE_OUTPUT_PREFIX: 'GATE' }, async () => ({ outputs }));
    expect(exit).toBe(0);
    expect(readDotenv(readFileSync(join(folder, 'sluice.env'), 'utf8'))).toEqual(
      new Map([
        ['GATE_DEPLOY', 'true'],
        ['GATE_DECISION', 'approve'],
        ['GATE_RUN_ID', 'abcdefgh'],
      ]),
    );
  });

  it('removes what an earlier step of the same name left, also when it fails', async () => {
    writeFileSync(join(folder, 'sluice.env'), 'FIXTURE_DEPLOY=true\n');
    const { exit, stdout } = await runOn({ ...gitlab(), SLUICE_INPUT_DEPLOY: 'maybe' }, async () => ({
      outputs,
    }));
    expect(exit).toBe(2);
    expect(stdout.split('\n')[0]).toMatch(/^bad input: input 'deploy'/);
    expect(existsSync(join(folder, 'sluice.env'))).toBe(false);
  });

  it('does not hand on what another job left in the checkout', async () => {
    writeFileSync(join(folder, 'sluice.env'), 'OTHER_DEPLOY=true\n');
    const later = new Date(Date.now() + 60_000).toISOString();
    await runOn({ ...gitlab(), CI_JOB_STARTED_AT: later }, async () => ({ outputs }));
    expect(readFileSync(join(folder, 'sluice.env'), 'utf8')).not.toContain('OTHER');
  });
});

describe('runAction on the command line', () => {
  it('says the result in one object', async () => {
    const { exit, stdout } = await runOn({}, async () => ({ outputs, sentence: 'All gates pass.' }), {
      argv: ['--json', '--deploy'],
    });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      action: 'fixture',
      exit: 0,
      outputs: Object.fromEntries(wanted),
      sentence: 'All gates pass.',
    });
  });

  it('says the result in one object also in a job, for a script that reads it', async () => {
    const { exit, stdout } = await runOn(github(), async () => ({ outputs }), { argv: ['--json'] });
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ exit: 0 });
    expect(githubOutputs().size).toBe(0);
  });

  it('says an error in one object', async () => {
    const { exit, stdout } = await runOn({}, async () => ({ outputs }), {
      argv: ['--json', '--deplay', 'x'],
    });
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      action: 'fixture',
      exit: 2,
      error: { kind: 'bad input', message: expect.stringContaining("did you mean 'deploy'") },
    });
  });

  it('shows people the sentence and the outputs, and a refusal on standard error', async () => {
    const { exit, stdout, stderr } = await runOn({}, async () => ({
      outputs,
      sentence: 'Looked at 3 gates.',
      refused: 'one failed',
    }));
    expect(exit).toBe(3);
    expect(stdout).toBe('Looked at 3 gates.\ndeploy    true\ndecision  approve\nrun-id    abcdefgh\n');
    expect(stderr).toBe('not approved: one failed\n');
  });

  it('touches nothing outside in a dry run', async () => {
    const { stderr } = await runOn(
      {},
      async (inputs, host) => {
        expect(inputs['dry-run']).toBe(true);
        await host.commitStatus({ context: 'c', state: 'success', description: 'd' });
        return { outputs };
      },
      { argv: ['--dry-run', '--token', 'ghx-token'] },
    );
    expect(stderr).toMatch(/dry run: would mark the commit 'c' as success/);
  });
});
