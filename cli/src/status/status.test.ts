import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { begin, encodeState, newTarget, parsePlan, type RolloutState, readyMade } from '@sluice/rollout';
import { openState, openStore } from '@sluice/store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asText, statusOf } from './show.ts';
import { status } from './status.ts';

const TARGET = 'tcp:127.0.0.1:1';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function started(): RolloutState {
  const { state } = begin(
    newTarget(TARGET),
    {
      runId: 'run-0001',
      record: 'none',
      identity: { base: 'sha256:aa', adapter: 'sha256:bb' },
      image: 'none',
      version: 'toy-v1.1.0',
      plan: parsePlan('1@1h,100@24h'),
      policy: readyMade('classic'),
      metricSource: 'access.log',
    },
    { busy: 'refuse', now: NOW, history: [] },
  );
  return state;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-status-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function asked(...argv: string[]) {
  let stdout = '';
  const scene = {
    env: { SLUICE_STORE_URL: join(folder, 'store') },
    cwd: folder,
    stdout: { write: (text: string) => (stdout += text) },
    width: 100,
  };
  return { exit: await status(argv, scene, false), stdout };
}

async function keep(state: RolloutState, place?: string) {
  const store = await openStore({ workspace: folder, env: { SLUICE_STORE_URL: join(folder, 'store') } });
  const cell = openState({ state: place, router: 'haproxy', target: TARGET, store, workspace: folder });
  await cell.compareAndSet(JSON.parse(encodeState(state)), undefined);
}

describe('sluice status', () => {
  it('tells that nothing was ever rolled out', async () => {
    const { exit, stdout } = await asked(TARGET);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/status\s+none: nothing was ever rolled out/);
  });

  it('reads the state from the store, and lists all targets', async () => {
    await keep(started());
    const one = await asked(TARGET, '--json');
    expect(JSON.parse(one.stdout)).toMatchObject({
      target: TARGET,
      status: 'starting',
      live: { slot: 'stable' },
      rollout: { version: 'toy-v1.1.0', runId: 'run-0001', weight: 0, stages: 2 },
      router: expect.stringMatching(/Nobody listens/),
    });
    expect((await asked()).stdout).toBe(`${TARGET}  starting  toy-v1.1.0 at 0 %\n`);
    expect(JSON.parse((await asked('--json')).stdout)).toHaveLength(1);
  });

  it('reads the state from a file', async () => {
    await keep(started(), 'file:state.json');
    expect((await asked(TARGET, '--state', 'file:state.json')).stdout).toMatch(
      /candidate\s+toy-v1.1.0 \(run run-0001\)/,
    );
    expect((await asked(TARGET)).stdout).toMatch(/nothing was ever rolled out/);
  });

  it('takes one target', async () => {
    await expect(asked(TARGET, 'other')).rejects.toThrow(/one target/);
  });
});

describe('statusOf', () => {
  const seen = { where: 'file:s.json', known: true, share: 5, now: NOW };

  it('says how far each guard is', () => {
    const state = started();
    const text = 'ln of the evidence by rank';
    const readings = [{ guard: 'errors', value: 1.234, threshold: 5.809, text }];
    const rollout = { ...(state.rollout as NonNullable<RolloutState['rollout']>), readings };
    expect(asText(statusOf({ ...state, rollout }, seen))).toMatch(
      /guard\s+errors: 1\.23, acts at 5\.81 \(ln of the evidence by rank\)/,
    );
  });

  it('says when the next look is due, and that it is late', () => {
    const state = started();
    const rollout = { ...(state.rollout as NonNullable<RolloutState['rollout']>), seenAt: NOW };
    const late = { ...state, rollout, lease: { owner: 'job 7', expires: NOW - 1 } };
    const found = statusOf(late, seen);
    expect(found.nextCheck).toBe('2026-01-02T03:05:05Z');
    expect(found.overdue).toBe(true);
    expect(asText(found)).toMatch(/overdue\s+no tick came in time/);
    expect(asText(found)).toMatch(/router\s+slot canary gets 5 %/);
  });

  it('expects no look at a paused rollout', () => {
    const state = started();
    const rollout = {
      ...(state.rollout as NonNullable<RolloutState['rollout']>),
      paused: { by: 'person', reason: 'lunch', at: NOW } as const,
    };
    const found = statusOf({ ...state, rollout }, seen);
    expect(found).toMatchObject({ status: 'paused', nextCheck: null });
    expect(asText(found)).toMatch(/paused\s+lunch \(person, 2026-01-02T03:04:05Z\)/);
  });
});
