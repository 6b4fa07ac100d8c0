import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Gateway, startGateway } from '../traffic/gateway.ts';

const SLUICE = join(import.meta.dirname, '../../cli/bin/sluice.js');
const POLICY = '{kind: classic, interval: 1s, stale-after: 60s, min-requests: 10}';

let folder: string;
let gateway: Gateway;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cli-'));
  gateway = await startGateway();
  writeFileSync(join(folder, 'allow.yaml'), 'reason: the tests start without a gate\n');
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** A person at a terminal: a process of its own, whose folder is all it has. */
async function sluice(...argv: string[]) {
  const result = await run([process.execPath, SLUICE, ...argv], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TMPDIR: folder,
      USER: 'ada',
      SLUICE_STORE_URL: join(folder, 'store'),
    },
    timeoutMs: 120_000,
  });
  return { exit: result.code, stdout: result.stdout, stderr: result.stderr };
}

const statusOf = async () => JSON.parse((await sluice('status', gateway.target, '--json')).stdout);

describe('a person with the command line and a real gateway', () => {
  it('sees the rollout, pauses it, lets it go on, and takes the traffic back', async () => {
    expect(await statusOf()).toMatchObject({ status: 'none', rollout: null, router: 0 });

    const begun = await sluice(
      'canary-step',
      ...['--target', gateway.target, '--run-id', 'run-0000-0001', '--version', 'qwen-v1.1.0'],
      ...['--allow-unproven', 'allow.yaml', '--plan', '10@1h,100@1h', '--policy', POLICY],
      ...['--metrics', gateway.haproxy.log, '--json'],
    );
    expect(begun.exit, begun.stderr + begun.stdout).toBe(0);
    expect(JSON.parse(begun.stdout)).toMatchObject({
      action: 'canary-step',
      exit: 0,
      outputs: { deploy: 'false' },
    });
    expect(await statusOf()).toMatchObject({ rollout: { version: 'qwen-v1.1.0', runId: 'run-0000-0001' } });

    const paused = await sluice('pause', gateway.target, '--reason', 'lunch');
    expect(paused.exit, paused.stderr).toBe(0);
    const seen = await statusOf();
    expect(seen).toMatchObject({ status: 'paused', nextCheck: null });
    expect(seen.rollout.paused).toMatch(/lunch.*person/);

    expect((await sluice('resume', gateway.target, '--reason', 'back')).exit).toBe(0);
    expect((await statusOf()).status).not.toBe('paused');

    const aborted = await sluice(
      'abort',
      gateway.target,
      '--reason',
      'wrong model',
      '--fail-on-reject',
      'false',
    );
    expect(aborted.exit, aborted.stderr).toBe(0);
    expect(await statusOf()).toMatchObject({ status: 'rolled-back', router: 0, rollout: { weight: 0 } });
    expect((await sluice('status')).stdout).toContain(`${gateway.target}  rolled-back  qwen-v1.1.0 at 0 %`);
  });

  it('is told by the doctor what answers', async () => {
    const { exit, stdout } = await sluice('doctor', '--target', gateway.target, '--json');
    expect(exit).toBe(0);
    const { findings } = JSON.parse(stdout);
    const finding = (name: string) => findings.find((each: { name: string }) => each.name === name);
    expect(finding('router')).toMatchObject({
      state: 'ok',
      found: expect.stringContaining('slot canary gets 0 %'),
    });
    expect(finding('store')).toMatchObject({ state: 'ok' });
    await gateway.haproxy.stop();
    const after = await sluice('doctor', '--target', gateway.target);
    expect(after.exit).toBe(4);
    expect(after.stdout).toMatch(/^missing {2}router\s+/m);
  });

  it('finds the eight actions in the help', async () => {
    const { exit, stdout } = await sluice('--help');
    expect(exit).toBe(0);
    const names = [
      'lint-and-unit',
      'lora-train',
      'quantize',
      'eval-gate',
      'build-vllm-image',
      'smoke-test',
      'canary-step',
      'rollback',
    ];
    for (const name of names) expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
  });
});
