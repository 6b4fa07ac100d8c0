import { readdirSync } from 'node:fs';
import { expand, obeyedCommands } from '@sluice/host/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition } from './fixture/action.ts';
import { type Job, newJob, runFixture } from './start.ts';

let job: Job;
beforeEach(() => {
  job = newJob();
});
afterEach(() => job.dispose());

const variable = (input: string) => `SLUICE_INPUT_${input.toUpperCase().replaceAll('-', '_')}`;
const outputVariable = (output: string) => `FIXTURE_${output.toUpperCase().replaceAll('-', '_')}`;

/** One way of giving inputs and reading outputs. */
const hosts = {
  github: async (inputs: Record<string, string>) => {
    const given = Object.fromEntries(Object.entries(inputs).map(([k, v]) => [`INPUT_${k.toUpperCase()}`, v]));
    const ended = await runFixture(job, { ...job.github, ...given });
    return { ...ended, outputs: job.githubOutputs() };
  },
  gitlab: async (inputs: Record<string, string>) => {
    const given = Object.fromEntries(Object.entries(inputs).map(([k, v]) => [variable(k), v]));
    const ended = await runFixture(job, { ...job.gitlab, ...given });
    const there = readdirSync(job.folder).includes('sluice.env');
    const read = there ? job.gitlabOutputs() : new Map<string, string>();
    const outputs = new Map(
      Object.keys(definition.outputs)
        .filter((name) => read.has(outputVariable(name)))
        .map((name) => [name, expand(read.get(outputVariable(name)) as string, new Map())]),
    );
    return { ...ended, outputs };
  },
  cli: async (inputs: Record<string, string>) => {
    const argv = Object.entries(inputs).map(([k, v]) => `--${k}=${v}`);
    const ended = await runFixture(job, job.cli, [...argv, '--json']);
    const result = JSON.parse(ended.stdout) as { outputs?: Record<string, string> };
    return { ...ended, outputs: new Map(Object.entries(result.outputs ?? {})) };
  },
};

describe.each(Object.entries(hosts))('a real process on %s', (name, start) => {
  const said = (ended: { stdout: string; stderr: string }): string => {
    if (name === 'cli') {
      const { error, refused } = JSON.parse(ended.stdout);
      return error ? `${error.kind}: ${error.message}` : `not approved: ${refused}`;
    }
    return name === 'github'
      ? (obeyedCommands(ended.stdout).find((c) => c.name === 'error')?.data ?? '')
      : ended.stdout.slice(ended.stdout.search(/bad input|not approved|a system|your program|a fault/));
  };

  it('hands on every declared output, each readable by its type', async () => {
    const note = name === 'gitlab' ? 'cost $5 #1 `x` "q" = 100%' : 'two\nlines <<EOF ::error::no $5';
    const { exit, outputs } = await start({ deploy: 'true', 'run-id': 'run_12345', weight: '25', note });
    expect(exit).toBe(0);
    expect([...outputs.keys()].sort()).toEqual(Object.keys(definition.outputs).sort());
    const typed = Object.fromEntries(
      Object.entries(definition.outputs).map(([key, { type }]) => [
        key,
        type.parse(outputs.get(key) as string),
      ]),
    );
    expect(typed).toEqual({
      deploy: true,
      decision: 'approve',
      weight: 25,
      'run-id': 'run_12345',
      steps: 150,
      metrics: { 'task/exact-match': 0.925, loss: 0.001 },
      note,
    });
  });

  it.each([
    ['deploy', '', /'deploy'/],
    ['deploy', 'yes', /'deploy': 'yes'/],
    ['run-id', 'short', /'run-id': 'short'/],
    ['run-id', '', /'run-id'/],
    ['weight', '250', /'weight': '250'/],
    ['weight', '25%', /'weight': '25%'/],
    ['wieght', '25', /did you mean 'weight'/],
  ])('refuses %s=%o by name, sets nothing, ends with 2', async (input, value, message) => {
    const ended = await start({ [input]: value });
    expect(ended.exit).toBe(2);
    expect(said(ended)).toMatch(/^bad input: /);
    expect(said(ended)).toMatch(message);
    expect(ended.outputs.size).toBe(0);
    expect(ended.stdout + ended.stderr).not.toMatch(/\n\s+at /);
  });

  it.each([
    ['refuse', 3, 'not approved: exact match fell by 3 points', 7],
    ['system', 4, 'a system did not answer: the tracking server answered 503', 0],
    ['program', 5, 'your program failed: the training ended with status 1', 0],
    ['fault', 70, 'a fault of ours: cannot read properties of undefined', 0],
    ['idle', 70, 'a fault of ours: the work stopped before it had a result', 0],
    ['stray', 70, 'a fault of ours: nobody waited for this', 0],
  ])('%s ends with %i', async (mode, exit, message, count) => {
    const ended = await start({ mode });
    expect(ended.exit).toBe(exit);
    expect(said(ended).startsWith(message)).toBe(true);
    expect(ended.outputs.size).toBe(count);
    expect(/\n\s+at |\\n\s+at /.test(ended.stdout + ended.stderr)).toBe(exit === 70);
  });

  it('refuses an output that holds a secret, and never shows the secret', async () => {
    const ended = await start({ token: 'tok-55-secret', note: 'see tok-55-secret' });
    expect(ended.exit).toBe(2);
    expect(said(ended)).toMatch(/^bad input: output 'note' contains a text that is masked/);
    expect((ended.stdout + ended.stderr).replace('::add-mask::tok-55-secret', '')).not.toContain('tok-55');
    expect(ended.outputs.size).toBe(0);
  });

  it('cuts a secret out of an error that quotes it', async () => {
    const ended = await start({ mode: 'system', token: 'tok-55-secret', note: 'tok-55-secret' });
    expect(said(ended)).toMatch(/answered 503 \(\*\*\*\)/);
  });
});

describe('a real process on GitHub', () => {
  it('obeys nothing that a program printed', async () => {
    const note = 'a\n::set-output name=deploy::true\n::add-mask::1\n##[error]x\r::error::y';
    const { stdout } = await hosts.github({ mode: 'echo', note });
    expect(obeyedCommands(stdout)).toEqual([]);
    expect(stdout).toContain(note);
  });
});
