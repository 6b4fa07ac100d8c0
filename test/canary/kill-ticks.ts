import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CANARY, type CanaryPredicate, openRecord } from '@sluice/record';
import type { RolloutState } from '@sluice/rollout';
import type { Store } from '@sluice/store';
import { expect } from 'vitest';

const SLUICE = fileURLToPath(new URL('../../cli/bin/sluice.js', import.meta.url));

const SLOW = process.env.SLUICE_SLOW === '1';

/** How many ticks are killed in one test. */
export const KILLS = SLOW ? 200 : 25;

/** A target whose ticks are killed. */
export interface Attacked {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** What every tick is given: router, target, tracking. */
  readonly always: Readonly<Record<string, string>>;
  state(): Promise<RolloutState>;
  /** The share that the router itself says. */
  weight(): Promise<number>;
  /** Settles some milliseconds after the state was written next; rejects where `signal` comes first. */
  written(late: number, signal: AbortSignal): Promise<void>;
}

export interface Tick {
  readonly child: ChildProcess;
  /** The exit status; null where it was killed. */
  readonly ended: Promise<number | null>;
  readonly said: () => string;
}

/** A tick as a job would run it: a process of its own. */
export function tick(
  { folder, env, always }: Pick<Attacked, 'folder' | 'env' | 'always'>,
  given: Readonly<Record<string, string>>,
): Tick {
  const argv = Object.entries({ ...always, ...given }).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [SLUICE, 'canary-step', ...argv], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (said += text));
  return { child, ended: new Promise((resolve) => child.once('exit', resolve)), said: () => said };
}

/** Percent that each stage adds: many stages, so that many of the kills fall on one that moves users. */
const STEP = SLOW ? 2 : 10;
export const MANY_STAGES = Array.from({ length: 100 / STEP }, (_, i) => `${STEP * (i + 1)}@1s`).join(',');

export interface Struck {
  readonly killed: number;
  /** Ticks that ended by themselves. */
  readonly whole: number;
  /** How often a kill fell between the state and the router. */
  readonly between: number;
}

/**
 * Kills ticks at random moments, half of them right after the state was written, now and then two that run at once, and checks after
 * each that state and split agree; then lets the rollout go to its end.
 */
export async function killTicks(on: Attacked, given: Readonly<Record<string, string>>): Promise<Struck> {
  let [rounds, killed, whole, between, atLeast] = [0, 0, 0, 0, 0];
  // how long a whole tick takes on this machine now: kills fall anywhere in it
  const began = performance.now();
  const first = tick(on, given);
  expect(await first.ended, first.said()).toBe(0);
  let usual = performance.now() - began;
  while (killed < KILLS) {
    const round = rounds++;
    const ticks = Array.from({ length: round % 5 === 4 ? 2 : 1 }, () => tick(on, given));
    await Promise.all(
      ticks.map(async ({ child, ended, said }) => {
        const from = performance.now();
        const over = new AbortController();
        // half of them by the clock, half between the state and the router
        const moment =
          round % 2
            ? on.written(Math.random() * 5, over.signal).catch((error) => {
                if (!over.signal.aborted) throw error;
              })
            : sleep(Math.random() * usual * 1.6);
        await Promise.race([ended, moment]);
        if (child.kill('SIGKILL')) killed++;
        const status = await ended;
        over.abort();
        const lasted = performance.now() - from;
        usual = status === null ? Math.max(usual, lasted) : (usual + lasted) / 2;
        // what was not killed ended as it should: 0, or 4 where the other tick was faster
        if (status === null) return;
        whole++;
        expect([0, 4], said()).toContain(status);
      }),
    );
    const { rollout } = await on.state();
    const share = await on.weight();
    // the split is the state's, or the one before it where a kill fell between writing and moving
    expect([rollout?.weight, rollout?.pending?.from]).toContain(share);
    if (share !== rollout?.weight) between++;
    expect(share).toBeGreaterThanOrEqual(atLeast);
    atLeast = share;
  }
  const last = tick(on, { ...given, wait: 'true', 'wait-limit': '5m' });
  expect(await last.ended, last.said()).toBe(0);
  const after = tick(on, {});
  expect(await after.ended, after.said()).toBe(0);
  return { killed, whole, between };
}

/** Split, state and record say the same: the run went all the way, once. */
export async function expectComplete(on: Attacked, runId: string, store: Store): Promise<string> {
  const { rollout, live, history } = await on.state();
  expect({ phase: rollout?.phase, weight: rollout?.weight, pending: rollout?.pending, live }).toEqual({
    phase: 'complete',
    weight: 100,
    pending: null,
    live: 'canary',
  });
  expect(history.map((done) => done.runId)).toEqual([runId]);
  expect(await on.weight()).toBe(100);
  const { statements } = await openRecord(runId, store);
  const said = statements.flatMap(({ statement }) =>
    statement.predicateType === CANARY ? [statement.predicate as CanaryPredicate] : [],
  );
  expect(said.filter(({ decision }) => decision === 'complete').map(({ weight }) => weight)).toContain(100);
  expect(said.filter(({ decision }) => decision === 'rollback')).toEqual([]);
  for (const { decision, stage: number, weight } of said)
    if (decision === 'advance') expect(weight).toBe(STEP * number);
  return `${said.length} statements, ${rollout?.exposed} requests served by the new version`;
}
