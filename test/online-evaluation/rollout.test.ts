import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { openTracker } from '@sluice/tracking';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../actions/canary-step/src/definition.ts';
import { run } from '../../actions/canary-step/src/run.ts';
import { tick } from '../canary/kill-ticks.ts';
import { type Gateway, startGateway } from '../traffic/gateway.ts';
import { ChatServer, whileUsersAsk } from './chat-server.ts';

const POLICY = {
  kind: 'sequential',
  interval: '1s',
  'stale-after': '20s',
  'min-requests': 5,
  holdback: 0,
  advance: 'powered',
};
const FORMAT = { name: 'format', checks: { 'max-repetition': 30 } };
const online = (more: object = {}) =>
  JSON.stringify({ every: '2s', sample: 10, 'min-sample': 3, scorers: [FORMAT], ...more });

let folder: string;
let log: string;
let live: ChatServer;
let next: ChatServer;
let gateway: Gateway;
let host: TestHost;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-online-'));
  log = join(folder, 'requests.jsonl');
  await writeFile(log, '');
  [live, next] = [await ChatServer.start('qwen-v1.0.0', log), await ChatServer.start('qwen-v1.1.0', log)];
  gateway = await startGateway({ config: { stable: [live.address], canary: [next.address] } });
  host = testHost({
    env: { ...process.env, SLUICE_STORE_URL: join(folder, 'store'), MLFLOW_TRACKING_URI: undefined },
  });
  host.write('allow.yaml', 'reason: the tests start without a gate\n');
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await live[Symbol.asyncDispose]();
  await next[Symbol.asyncDispose]();
  host.dispose();
  await rm(folder, { recursive: true, force: true });
});

const step = (given: Record<string, string>) =>
  run(parseInputs(definition, new Map(Object.entries({ target: gateway.target, ...given }))), host);
const begin = (more: Record<string, string> = {}) =>
  step({
    'run-id': 'run-0000-0001',
    version: 'qwen-v1.1.0',
    'allow-unproven': 'allow.yaml',
    plan: '50@5m,100@5m',
    policy: JSON.stringify(POLICY),
    metrics: `${gateway.haproxy.log}\nrequests:${log}`,
    'wait-limit': '90s',
    wait: 'true',
    ...more,
  });
const asking = <T>(work: Promise<T>) => whileUsersAsk(gateway.url, work);
/** Ticks until one holds for this reason: on a busy machine the metrics may be late at the first. */
async function heldFor(reason: RegExp): Promise<void> {
  for (const end = Date.now() + 60_000; ; ) {
    const { outputs } = await step({});
    expect(outputs.decision).toBe('hold');
    if (reason.test(String(outputs.reason))) return;
    if (Date.now() > end) throw new Error(`never held for ${reason}: ${outputs.reason}`);
  }
}
const weight = async () => await (await gateway.open()).weight();

describe('a version that answers in time, without errors, and badly', () => {
  it('is rolled back by the scores of its answers', async () => {
    next.answer = () => 'and then '.repeat(40);
    const policy = JSON.stringify({ ...POLICY, guards: ['errors'], scores: { format: 0.05 } });
    const { result, failed } = await asking(
      begin({ policy, 'online-evaluation': online({ keep: 'hashed' }) }),
    );
    expect(result.outputs).toMatchObject({ decision: 'rollback', weight: 0, deploy: false });
    expect(result.refused).toMatch(/format/);
    expect(failed).toBe(0);
    expect(await weight()).toBe(0);
    const report = await readFile(join(host.workspace, result.outputs.report), 'utf8').catch(() =>
      readFile(result.outputs.report, 'utf8'),
    );
    expect(report).toContain('Mean scores of sampled answers');
  });

  it('is rolled back by the share of empty answers that the request log shows', async () => {
    next.answer = () => '';
    // without a history nobody knows how long bursts last, so it is said
    const policy = JSON.stringify({ ...POLICY, guards: ['invalid'], 'longest-burst': '3s' });
    const { result } = await asking(begin({ policy }));
    expect(result.outputs).toMatchObject({ decision: 'rollback', weight: 0 });
    expect(result.refused).toMatch(/invalid/);
  });
});

describe('a version that fails while what was scored cannot be read', () => {
  it('is held, and rolled back by its errors all the same', async () => {
    const rollouts = join(folder, 'store', 'rollouts');
    const errors = { above: 5, for: '2s', 'min-requests': 3 };
    const policy = JSON.stringify({ ...JSON.parse(classic), errors });
    await asking(
      begin({ policy, plan: '50@5m,100@5m', 'online-evaluation': online(), wait: 'false' }).then(async () => {
        for (const end = Date.now() + 60_000; (await weight()) !== 50 && Date.now() < end; ) await step({});
      }),
    );
    expect(await weight()).toBe(50);
    for (const name of await readdir(rollouts)) {
      const text = await readFile(join(rollouts, name), 'utf8');
      if (name.endsWith('.json') && !text.includes('sluice-rollout/'))
        await writeFile(join(rollouts, name), '{');
    }
    await asking(heldFor(/online evaluation: The state .* is not JSON/));
    expect(await weight()).toBe(50);
    await next[Symbol.asyncDispose]();
    const { result } = await asking(step({ wait: 'true', 'wait-limit': '60s' }));
    expect(result.outputs).toMatchObject({ decision: 'rollback', weight: 0 });
    expect(result.refused).toMatch(/errors/);
    next = await ChatServer.start('qwen-v1.1.0', log);
  });
});

describe('a version that answers well', () => {
  it('is not advanced before its answers were scored, and goes all the way once they are', async () => {
    const trend = join(folder, 'tracking');
    const tracker = openTracker(trend, {}, { workspace: folder });
    const { runId } = await tracker.startRun({ experiment: 'qwen', startedAt: Date.now() });
    const given = {
      policy: classic,
      'run-id': runId,
      plan: '50@1s,100@2s',
      'tracking-uri': trend,
      'online-evaluation': online({ every: '5s', replay: {} }),
    };
    const { result } = await asking(begin(given));
    expect(result.outputs).toMatchObject({ decision: 'complete', weight: 100 });
    // the stage's second is over long before: only the scores are waited for
    const said = host.logged.join('\n');
    expect(said).toMatch(
      /advance: stage 1 of 2[\s\S]*scored the answers until \S+: format 1\.000 of \d+, live 1\.000 of \d+[\s\S]*advance: stage 2 of 2/,
    );
    expect((await tracker.getRun(runId))?.metrics).toMatchObject({
      'online/format/new': 1,
      'online/format/live': 1,
    });
  });
});

/** A scorer that writes down what it was given; while the file `flag` is there it does what `broken` says. */
async function scorerThatTells(
  broken: string,
): Promise<{ readonly spec: object; readonly flag: string; tries(): Promise<string[]> }> {
  const [flag, seen, program] = ['broken', 'seen.txt', 'score.mjs'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(flag, '');
  await writeFile(seen, '');
  await writeFile(
    program,
    `import { appendFileSync, existsSync, readFileSync } from 'node:fs';
const rows = readFileSync(0, 'utf8').trim().split('\\n').map((line) => JSON.parse(line));
const broken = () => existsSync(${JSON.stringify(flag)});
appendFileSync(${JSON.stringify(seen)}, rows.map((row) => row.id).join(' ') + '\\n');
${broken}
for (const { id } of rows) console.log(JSON.stringify({ id, score: 1 }));
`,
  );
  return {
    spec: { name: 'mine', command: [process.execPath, program] },
    flag,
    tries: async () => (await readFile(seen, 'utf8')).split('\n').slice(0, -1),
  };
}

const classic = JSON.stringify({ ...POLICY, kind: 'classic', holdback: undefined, advance: undefined });
/** Ticks until everybody is at the new version. */
const ticksToTheEnd = () =>
  asking(
    expect
      .poll(
        async () => {
          await step({});
          return await weight();
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(100),
  );

describe('a scorer that does not come to its end', () => {
  it('holds the rollout where it fails, and the next tick has the same sample scored', async () => {
    const scorer = await scorerThatTells('if (broken()) process.exit(3);');
    const document = online({ every: '6s', scorers: [scorer.spec] });
    const plan = '50@1s,100@5m';
    await asking(begin({ policy: classic, plan, 'online-evaluation': document, 'wait-limit': '16s' }));
    expect(await weight()).toBe(50);
    // a tick that finds no new interval does not score
    const reasons = async () => (await step({})).outputs.reason;
    await asking(
      expect
        .poll(reasons, { timeout: 30_000, interval: 300 })
        .toMatch(/online evaluation: The command of scorer 'mine' .* ended with 3/),
    );
    expect(await weight()).toBe(50);
    const tries = await scorer.tries();
    expect(tries.length).toBeGreaterThan(1);
    expect(new Set(tries).size).toBe(1);

    await rm(scorer.flag);
    await ticksToTheEnd();
    // another document than the one it was begun with
    await expect(step({ 'online-evaluation': online() })).rejects.toThrow(/online-evaluation:sha256/);
  });

  it('is asked for the same sample again where its tick was killed', async () => {
    // it waits, so that the kill falls while it works, and ends with the test
    const scorer = await scorerThatTells('while (broken()) await new Promise((go) => setTimeout(go, 50));');
    const document = online({ every: '4s', scorers: [scorer.spec] });
    await asking(
      begin({ policy: classic, plan: '50@1s,100@5m', 'online-evaluation': document, wait: 'false' }),
    );
    const killed = async (): Promise<void> => {
      const on = { folder, env: host.env as NodeJS.ProcessEnv, always: { target: gateway.target } };
      for (const before = (await scorer.tries()).length; ; ) {
        const { child, ended } = tick(on, {});
        const working = expect.poll(async () => (await scorer.tries()).length, {
          timeout: 30_000,
          interval: 20,
        });
        const first = await Promise.race([
          ended,
          working.toBeGreaterThan(before).then(
            () => 'working' as const,
            () => 'idle' as const,
          ),
        ]);
        if (first !== 'working') continue;
        child.kill('SIGKILL');
        await ended;
        return;
      }
    };
    for (let kills = 0; kills < 3; kills++) await asking(killed());
    expect(await weight()).toBe(50);
    const tries = await scorer.tries();
    expect(tries).toHaveLength(3);
    expect(new Set(tries).size).toBe(1);
    await rm(scorer.flag);
    await ticksToTheEnd();
  });
});

describe('what cannot work', () => {
  it.each([
    [{ metrics: 'access.log' }, /request log, and none is named.*requests:<path>/],
    [
      { policy: JSON.stringify({ ...POLICY, scores: { other: 0.1 } }) },
      /judges the scores of 'other'.*it has format/,
    ],
    [
      { 'online-evaluation': online({ scorers: [{ name: 'r', references: 'none.jsonl' }] }) },
      /none\.jsonl cannot be read/,
    ],
  ])('is refused before anything is begun: %#', async (more, message) => {
    await expect(begin({ 'online-evaluation': online(), ...more })).rejects.toThrow(message);
    expect(await weight()).toBe(0);
  });

  it('scores that a policy judges and nobody gives', async () =>
    await expect(begin({ policy: JSON.stringify({ ...POLICY, scores: { format: 0.1 } }) })).rejects.toThrow(
      /there is no online-evaluation/,
    ));
});
