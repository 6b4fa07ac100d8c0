import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { families, openMetrics } from '@sluice/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Exporter } from './exporter.ts';
import { type Started, startPrometheus } from './prometheus.ts';

/** Steps of this test, milliseconds. */
const STEP = 4000;
const CHAT = 'handler="/v1/chat/completions",method="POST"';
const MODEL = 'model_name="qwen",engine="0"';
const until = async (time: number): Promise<void> => {
  while (Date.now() < time) await new Promise((resolve) => setTimeout(resolve, 50));
};

let folder: string;
let prometheus: Started;
/** The live version, and two replicas of the new one. */
let live: Exporter;
let first: Exporter;
let second: Exporter;
let gpu: Exporter;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  [live, first, second, gpu] = (await Promise.all([1, 2, 3, 4].map(() => Exporter.start()))) as [
    Exporter,
    Exporter,
    Exporter,
    Exporter,
  ];
  prometheus = await startPrometheus(folder, [
    { targets: [live.address], labels: { version: 'v1' } },
    { targets: [first.address, second.address], labels: { version: 'v2' } },
    { targets: [gpu.address] },
  ]);
});
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await Promise.all([live, first, second, gpu].map((exporter) => exporter?.[Symbol.asyncDispose]()));
  await rm(folder, { recursive: true, force: true });
});

/** Requests of a vLLM server, as its metrics count them: `seconds` each, 10 tokens. */
function serve(
  server: Exporter,
  requests: number,
  { seconds = 1, status = '2xx', reason = 'stop' } = {},
): void {
  for (let i = 0; i < requests; i++) {
    server.add(`http_requests_total{${CHAT},status="${status}"}`, 1);
    if (status !== '2xx') continue;
    server.observe('vllm:e2e_request_latency_seconds', MODEL, [0.5, 1, 2], seconds);
    server.observe('vllm:time_to_first_token_seconds', MODEL, [0.1, 0.5], 0.2);
    server.observe('vllm:request_time_per_output_token_seconds', MODEL, [0.05, 0.1], 0.08);
    server.add(`vllm:request_success_total{${MODEL},finished_reason="${reason}"}`, 1);
    server.add(`vllm:request_generation_tokens_sum{${MODEL}}`, 10);
    server.add(`vllm:request_decode_time_seconds_sum{${MODEL}}`, seconds - 0.2);
  }
}

function devices(memory: number, busy: number): void {
  for (const [host, used] of [
    ['h1', 20_000],
    ['h2', memory],
  ] as const) {
    gpu.set(`DCGM_FI_DEV_FB_USED{gpu="0",Hostname="${host}"}`, used);
    gpu.set(`DCGM_FI_DEV_FB_FREE{gpu="0",Hostname="${host}"}`, 40_000 - used);
    gpu.set(`DCGM_FI_DEV_GPU_UTIL{gpu="0",Hostname="${host}"}`, host === 'h2' ? busy : 30);
    // another device of the same host, almost idle
    gpu.set(`DCGM_FI_DEV_FB_USED{gpu="1",Hostname="${host}"}`, 100);
    gpu.set(`DCGM_FI_DEV_FB_FREE{gpu="1",Hostname="${host}"}`, 39_900);
    gpu.set(`DCGM_FI_DEV_GPU_UTIL{gpu="1",Hostname="${host}"}`, 1);
  }
}

/** Requests as the agents of Seldon Core 2 count them: a model bears a number for each of its versions. */
function seldon(model: string, counts: Readonly<Record<string, number>>): void {
  for (const [code, count] of Object.entries(counts))
    gpu.add(`seldon_model_infer_total{model="qwen",model_internal="${model}",code="${code}"}`, count);
}

describe('vLLM and its GPUs in a real Prometheus', () => {
  it('are counted over replicas and a restart, chosen by the label of the version', async () => {
    const base = `http://127.0.0.1:${prometheus.port}`;
    const source = await openMetrics({
      metrics: `${base}?family=vllm&stable=version%3D"v1"&canary=version%3D"v2"\n${base}?family=dcgm&stable=h1&canary=h2`,
      step: STEP,
    });
    // the processes run, and have served before
    for (const server of [live, first, second]) serve(server, 3);
    // what their monitoring asks is no request of a user
    for (const server of [live, first, second])
      server.add('http_requests_total{handler="/metrics",method="GET",status="2xx"}', 50);
    for (const reason of ['stop', 'length'])
      for (const s of [live, first, second])
        s.add(`vllm:request_success_total{${MODEL},finished_reason="${reason}"}`, 0);
    for (const s of [live, first, second]) s.add(`http_requests_total{${CHAT},status="5xx"}`, 0);
    devices(20_000, 40);
    for (const model of ['qwen-v1_3', 'qwen-v2_1']) seldon(model, { 200: 5 });

    // the first scrape of each comes some seconds after the start; then one that saw what was served until now
    await expect
      .poll(async () => (await source.window(new Date(Date.now() - 60_000), new Date())).length, {
        timeout: 90_000,
        interval: 1000,
      })
      .toBeGreaterThan(0);
    const start = Math.ceil((Date.now() + 2000) / STEP) * STEP;
    await until(start + 1500);
    seldon('qwen-v1_3', { 200: 20 });
    seldon('qwen-v2_1', { 200: 4, 500: 1, 400: 1, Unavailable: 1 });
    // loaded anew, and a model of a longer name
    seldon('qwen-v2_12', { OK: 3 });
    seldon('qwen-v2-old_1', { 500: 9 });
    serve(live, 20);
    serve(first, 8, { seconds: 1.5 });
    serve(second, 4, { seconds: 1.5, reason: 'length' });
    serve(second, 2, { status: '5xx' });
    devices(38_000, 95);
    await until(start + STEP + 1500);
    // a replica begins anew, and serves
    second.restart();
    serve(second, 5);
    await until(start + 2 * STEP + 1500);

    const end = start + 2 * STEP;
    await expect
      .poll(async () => (await source.window(new Date(start), new Date(end))).length, {
        timeout: 60_000,
        interval: 1000,
      })
      .toBe(2);
    const [one, two] = await source.window(new Date(start), new Date(end));
    expect(one?.stable).toMatchObject({ requests: 20, errors: 0, invalid: 0, gpu: { memory: 50 } });
    expect(one?.canary).toMatchObject({ requests: 14, errors: 2, invalid: 4, tokens: { count: 120 } });
    expect(one?.canary.tokens?.seconds).toBeCloseTo(12 * 1.3, 6);
    expect(one?.canary.latency).toEqual({
      bounds: [500, 1000, 2000, Number.POSITIVE_INFINITY],
      cumulative: [0, 0, 12, 12],
    });
    expect(one?.canary.first?.cumulative).toEqual([0, 12, 12]);
    expect(one?.canary.perToken?.cumulative).toEqual([0, 12, 12]);
    expect(one?.canary.gpu?.memory).toBeCloseTo(95, 0);
    expect(one?.canary.gpu?.utilisation).toBeGreaterThan(40);
    expect(two?.canary).toMatchObject({ requests: 5, errors: 0, invalid: 0, tokens: { count: 50 } });
    expect(source.missing?.()).toBeUndefined();
    const agents = await openMetrics({
      metrics: `${base}?family=seldon&stable=qwen-v1&canary=qwen-v2`,
      step: STEP,
    });
    expect(await agents.window(new Date(start), new Date(start + STEP))).toMatchObject([
      { stable: { requests: 20, errors: 0 }, canary: { requests: 10, errors: 2 } },
    ]);

    // the GPU's exporter is gone: the rest judges on, and it is said
    gpu.down = true;
    serve(live, 1);
    await expect
      .poll(
        async () => {
          await source.window(new Date(start), new Date(start + 60 * STEP));
          return source.missing?.();
        },
        { timeout: 60_000, interval: 1000 },
      )
      .toMatch(/^Prometheus at \S+ \(dcgm\) has (nothing|had no sample)/);
  });

  it('every selector of the table is one that Prometheus understands', async () => {
    for (const family of Object.keys(families)) {
      const metrics = `http://127.0.0.1:${prometheus.port}?family=${family}&stable=a&canary=b`;
      const first = `http://127.0.0.1:${prometheus.port}?family=vllm&stable=version%3D"v1"&canary=version%3D"v2"`;
      const source = await openMetrics({
        metrics: family === 'dcgm' ? `${first}\n${metrics}` : metrics,
        step: STEP,
      });
      const now = Date.now();
      const refused = await source.window(new Date(now - 5 * STEP), new Date(now)).catch((e: unknown) => e);
      if (family !== 'dcgm') expect(String(refused)).toMatch(/no sample of/);
    }
  });
});
