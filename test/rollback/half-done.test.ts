import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '../canary/stage.ts';
import { DeployRepository } from './deploy-repository.ts';

const SLUICE = fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url));
const KILLS = process.env['SLUICE_SLOW'] === '1' ? 60 : 10;
const whole = { wait: 'true', 'wait-limit': '90s' };

let stage: Stage;
let repository: DeployRepository;
let images: string[];
const values = (image: string) => `chat:\n  image: "${image}"   # what Argo CD runs\n  replicas: 3\n`;

/** v1.1.0 and v1.2.0 went live; the second is in the registry and in git. */
beforeEach(async () => {
  stage = await Stage.open();
  const { registry } = openTracker(join(stage.folder, 'tracking'), stage.env, { workspace: stage.folder });
  await registry.ensureModel('qwen');
  images = [];
  for (const [i, slot] of (['canary', 'stable'] as const).entries()) {
    const run = { runId: `run-0000-000${i + 1}`, version: `qwen-v1.${i + 1}.0` };
    const { judged, start } = await stage.judged(run);
    await registry.createVersion({ name: 'qwen', source: judged.folder, runId: run.runId });
    stage.servers[slot].version = run.version;
    const tracking = { 'tracking-uri': join(stage.folder, 'tracking') };
    await stage.withUsers(() => stage.step({ ...start, ...whole, ...tracking }));
    images.push(start['image'] as string);
  }
  repository = await DeployRepository.open({ 'values.yaml': values(images[1] as string) });
}, 120_000);
afterEach(async () => {
  await repository[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const given = () => ({
  'run-id': 'run-0000-0002',
  method: 'traffic,gitops,registry-alias',
  // a mock's P99 is a few milliseconds, which a busy machine exceeds
  verify: '1',
  gitops: `${repository.server}#main:values.yaml:chat.image`,
  'tracking-uri': join(stage.folder, 'tracking'),
});
const alias = async () => {
  const { registry } = openTracker(join(stage.folder, 'tracking'), stage.env, { workspace: stage.folder });
  return (await registry.getAlias('qwen', 'production'))?.runId;
};

describe('a rollback of several things', () => {
  it('does them in order, and again changes nothing', async () => {
    expect(await alias()).toBe('run-0000-0002');
    const drilled = await stage.rollback({ ...given(), drill: 'true' });
    expect(drilled.refused).toBeUndefined();
    expect(await repository.log()).toEqual(['by hand']);
    expect(await alias()).toBe('run-0000-0002');
    for (const _ of [1, 2]) {
      const { outputs, refused } = await stage.rollback(given());
      expect(refused).toBeUndefined();
      expect(outputs).toMatchObject({ 'rolled-back': true, verified: true });
      expect(outputs['duration-ms']).toBeGreaterThanOrEqual(0);
      expect(await repository.file('values.yaml')).toBe(values(images[0] as string).trim());
      expect(await repository.log()).toHaveLength(2);
      expect(await alias()).toBe('run-0000-0001');
    }
  });

  it('leaves alone what somebody else has put there since, says so, and does the rest', async () => {
    const newer = `reg.example/qwen@sha256:${'9'.repeat(64)}`;
    await repository.commit({ 'values.yaml': values(newer) });
    const { refused } = await stage.rollback(given());
    expect(refused).toMatch(
      /taken back, but gitops: values\.yaml on main holds .*neither what run run-0000-0002 had/,
    );
    expect(await repository.file('values.yaml')).toContain(newer);
    expect(await alias()).toBe('run-0000-0001');
  });

  it(`is finished by running it again after ${KILLS} kills at any moment`, async () => {
    const once = () => {
      const argv = Object.entries({ ...given(), target: stage.gateway.target, reason: 'test' });
      const child: ChildProcess = spawn(
        process.execPath,
        [SLUICE, 'rollback', ...argv.flatMap(([name, value]) => [`--${name}`, value])],
        {
          cwd: stage.folder,
          env: { ...stage.env, ...repository.env, HOME: stage.folder },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
      return {
        child,
        ended: new Promise<number | null>((resolve) => child.once('exit', resolve)),
        said: () => said,
      };
    };
    let longest = 2000;
    let killed = 0;
    while (killed < KILLS) {
      const { child, ended, said } = once();
      const from = performance.now();
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, Math.random() * longest))]);
      if (child.kill('SIGKILL')) killed++;
      const status = await ended;
      if (status === null) longest += 200;
      else {
        expect(status, said()).toBe(0);
        longest = performance.now() - from;
      }
    }
    const last = once();
    expect(await last.ended, last.said()).toBe(0);
    expect(await stage.router.weight()).toBe(100);
    expect(await stage.state()).toMatchObject({
      live: 'canary',
      rollout: { phase: 'rolled-back', weight: 0 },
    });
    expect(await repository.file('values.yaml')).toBe(values(images[0] as string).trim());
    expect(await repository.log()).toHaveLength(2);
    expect(await alias()).toBe('run-0000-0001');
  });
});
