import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { graceMs } from '../../packages/host/src/cancel.ts';
import { type Job, newJob, startFixture } from './start.ts';

let job: Job;
beforeEach(() => {
  job = newJob();
});
afterEach(() => job.dispose());

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('ends the work and leaves nothing behind', async () => {
    const started = startFixture(job, { ...job.github, INPUT_MODE: 'hang' });
    await started.printed('in ');
    expect(readdirSync(job.folder).some((name) => name.startsWith('sluice-'))).toBe(true);
    started.kill(signal);
    const { exit, stdout } = await started.ended;
    expect(exit).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(stdout).toContain(`cancelled: the job was ended by ${signal}`);
    expect(readFileSync(`${job.folder}/output`, 'utf8')).toBe('');
    expect(readdirSync(job.folder).sort()).toEqual(['output', 'summary']);
  });
});

describe('work that does not end', () => {
  it('is left behind before the runner kills the step', async () => {
    const started = startFixture(job, { ...job.gitlab, SLUICE_INPUT_MODE: 'deaf' });
    await started.printed('in ');
    // GitHub's runner kills 7.5 s after the first signal
    expect(graceMs).toBeLessThan(7_500);
    started.kill('SIGTERM');
    const { exit } = await started.ended;
    expect(exit).toBe(143);
    expect(readdirSync(job.folder).sort()).toEqual(['output', 'summary']);
  });

  it('is left at once on a second signal', async () => {
    const started = startFixture(job, { ...job.github, INPUT_MODE: 'deaf' });
    await started.printed('in ');
    const since = performance.now();
    started.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 100));
    started.kill('SIGTERM');
    expect((await started.ended).exit).toBe(143);
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(readdirSync(job.folder).sort()).toEqual(['output', 'summary']);
  });
});
