import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { testHost } from '@sluice/host/testing';
import { decodeState } from '@sluice/rollout';
import { openRouter, type Router } from '@sluice/traffic';
import { describe, expect, it } from 'vitest';
import { definition as canary } from '../../actions/canary-step/src/definition.ts';
import { run as canaryStep } from '../../actions/canary-step/src/run.ts';
import { definition as back } from '../../actions/rollback/src/definition.ts';
import { run as rollback } from '../../actions/rollback/src/run.ts';
import { ApiServer } from '../canary/api-server.ts';
import { POLICY } from '../canary/stage.ts';
import { judgedModel } from '../images/approved.ts';
import type { ControlPlane } from '../parts/kubernetes/control-plane.ts';
import { actionInputs } from './action-inputs.ts';
import { groupedServices } from './kserve-group.ts';
import { servedModel } from './kserve-service.ts';
import { logUsers } from './users.ts';

/** Jobs that run the actions on a target, with a record that proves an approval, and users in an access log. */
async function jobsOn(cluster: ControlPlane, target: string) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kserve-'));
  const log = join(folder, 'access.log');
  await appendFile(log, '');
  const server = await ApiServer.start('qwen-v1.0.0');
  const env = { ...cluster.env, HOME: folder, USER: 'ada', SLUICE_STORE_URL: join(folder, 'store') };
  const host = testHost({ action: 'canary-step', env });
  const always = { router: 'kserve', target, stable: `http://${server.address}` };
  const judged = await judgedModel({ workspace: folder, env, version: 'qwen-v1.1.0' });
  const image = `registry.example/team/qwen@${judged.digest}`;
  const start = {
    'run-id': judged.runId,
    record: await judged.image(image as never, 'qwen-v1.1.0'),
    image,
    plan: '10@1s,50@1s,100@1s',
    policy: POLICY,
    metrics: log,
  };
  const router = () => openRouter({ kind: 'kserve', target, env });
  return {
    start,
    runId: judged.runId,
    router,
    step: (given: Readonly<Record<string, string>> = {}) =>
      canaryStep(actionInputs(canary, { ...always, ...given }), host),
    rollback: (given: Readonly<Record<string, string>>) =>
      rollback(actionInputs(back, { ...always, reason: 'test', verify: '1', ...given }), host),
    users: (on: Router, failing: () => number) => logUsers(on, log, failing),
    state: async () => decodeState(JSON.stringify((await (await router()).state?.read())?.value), target),
    [Symbol.asyncDispose]: async () => {
      host.dispose();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The actions as jobs run them. */
export function kserveActions(cluster: () => ControlPlane): void {
  describe('canary-step and rollback', () => {
    const whole = { wait: 'true', 'wait-limit': '90s' };

    it('take a model of an InferenceService to all users, and back', async () => {
      const { controller, put, target, service, uri } = await servedModel(cluster());
      await using _ = controller;
      await using jobs = await jobsOn(cluster(), target);
      const both = JSON.stringify({
        apiVersion: 'serving.kserve.io/v1beta1',
        kind: 'InferenceService',
        metadata: { name: 'qwen' },
      });
      await expect(
        jobs.step({ ...jobs.start, start: JSON.stringify({ manifest: `${both}\n` }) }),
      ).rejects.toThrow(/whose live version lies in the same object/);
      // begun, it waits for the new model, and keeps the one that is to be put in again
      await using __ = jobs.users(await jobs.router(), () => 0);
      for (const end = Date.now() + 60_000; ; ) {
        const { decision, reason } = (await jobs.step(jobs.start)).outputs;
        expect(decision).toBe('hold');
        if (/no version besides the one that has all users/.test(String(reason))) break;
        if (Date.now() > end) throw new Error(String(reason));
      }
      // the record proves another model
      await put(2);
      const other = await jobs.step(jobs.start);
      expect(other.outputs['reason']).toMatch(
        /qwen-predictor-00002 .*runs oci:.*@sha256:2+, not sha256:.* of the record/,
      );
      const model = `oci://${jobs.start.image}`;
      const waiting = jobs.step({ ...jobs.start, ...whole });
      await put(model);
      const done = await waiting;
      expect(done.outputs).toMatchObject({ decision: 'complete', weight: 100, stage: 3, deploy: true });
      expect(controller.traffic).toEqual({ 3: 100 });
      const tick = await jobs.step();
      expect(tick.outputs['decision']).toBe('none');
      expect((await service()).spec.predictor).toMatchObject({ model: { storageUri: model } });
      expect((await service()).spec.predictor.canaryTrafficPercent).toBeUndefined();
      expect(await jobs.state()).toMatchObject({
        live: 'canary',
        rollout: { phase: 'complete', weight: 100 },
      });

      for (const _again of [1, 2]) {
        const { outputs } = await jobs.rollback({ 'run-id': jobs.runId });
        expect(outputs).toMatchObject({ 'rolled-back': true });
        expect(outputs['duration-ms']).toBeLessThan(2000);
        expect(controller.traffic).toEqual({ 1: 100 });
      }
      expect((await service()).spec.predictor).toMatchObject({
        canaryTrafficPercent: 0,
        model: { storageUri: uri(1) },
      });
    });

    it('bring a member of a group up, take it back where it fails, leave it at 0, and take it down', async () => {
      const { admin, at, weights, target } = await groupedServices(cluster());
      const next = at('qwen-next');
      await admin.delete(next);
      await using jobs = await jobsOn(cluster(), `${target}?canary=qwen-next`);
      let failing = 0;
      await using _ = jobs.users(await jobs.router(), () => failing);
      const manifest = JSON.stringify({
        apiVersion: next.resource.apiVersion,
        kind: next.resource.kind,
        metadata: { name: 'qwen-next', namespace: next.namespace },
        spec: {
          model: { name: 'qwen', uri: 'oci://{image}' },
          replicas: 1,
          router: { gateway: {}, scheduler: {}, route: { group: 'chat', weight: 0 } },
        },
      });
      const start = JSON.stringify({ manifest: `${manifest}\n`, 'after-rollback': 'delete', drain: '0s' });
      const begun = jobs.step({ ...jobs.start, start, plan: '50@1h,100@1h' });
      await admin.until(next, (there) => there !== undefined, { timeout: 60_000 });
      const early = await Promise.race([begun.then(() => true), sleep(300, false)]);
      const lastTransitionTime = new Date().toISOString();
      const body = { status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }] } };
      await admin.patch(next, { type: 'merge', body }, { subresource: 'status' });
      await begun;
      expect(early).toBe(false);
      for (const end = Date.now() + 60_000; (await (await jobs.router()).weight()) !== 50; ) {
        const { outputs } = await jobs.step();
        if (Date.now() > end) throw new Error(`not at 50 %: ${outputs['reason']}`);
      }
      expect(await weights()).toEqual([10_000, 10_000]);
      failing = 0.5;
      let said: string | undefined;
      for (const end = Date.now() + 60_000; said !== 'rollback'; ) {
        const { outputs } = await jobs.step();
        said = outputs['decision'];
        if (Date.now() > end) throw new Error(`not taken back: ${outputs['reason']}`);
      }
      expect(await weights()).toEqual([10_000, undefined]);
      expect(await jobs.state()).toMatchObject({
        live: 'stable',
        rollout: { phase: 'rolled-back', weight: 0 },
      });
      // whoever raises it again
      expect(await admin.get(next)).toBeUndefined();
      await admin.create(next.resource, { ...JSON.parse(manifest) });
      await (await jobs.router()).setWeight(25);
      await jobs.step();
      expect(await weights()).toEqual([10_000, 0]);
    });
  });
}
