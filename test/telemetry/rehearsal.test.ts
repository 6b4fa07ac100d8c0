import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '@sluice/process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inMemory } from '../../cli/src/in-memory.ts';
import { installPrometheus, type Started, startPrometheus } from './prometheus.ts';

const DAYS = 2;
const A_MINUTE = 300;
const FAILED = 3;

let folder: string;
let prometheus: Started;

/** Two days of HAProxy's counters up to now, as its exporter would have been scraped each minute. */
function past(): string {
  const now = Math.floor(Date.now() / 60_000) * 60;
  const minutes = Array.from({ length: DAYS * 1440 + 1 }, (_, i) => i);
  const series = (labels: string, each: number): string[] =>
    minutes.map(
      (i) =>
        `haproxy_backend_http_responses_total{${labels}} ${each * i} ${now - 60 * (minutes.length - 1 - i)}`,
    );
  return [
    '# TYPE haproxy_backend_http_responses counter',
    ...series('proxy="stable",instance="a",code="2xx"', A_MINUTE - FAILED),
    ...series('proxy="stable",instance="a",code="5xx"', FAILED),
    '# EOF\n',
  ].join('\n');
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rehearsal-'));
  await installPrometheus();
  const file = join(folder, 'past.openmetrics');
  await writeFile(file, past());
  const made = await run([
    'promtool',
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    file,
    join(folder, 'data'),
  ]);
  expect(made).toMatchObject({ code: 0 });
  prometheus = await startPrometheus(folder, []);
}, 300_000);

afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('a rehearsal reads rate, usual errors and days of history from a Prometheus', async () => {
  const { exit, stdout, stderr } = await inMemory(
    [
      ...['canary', 'rehearse', '--metrics', `http://127.0.0.1:${prometheus.port}`],
      ...['--plan', '25@30m,100@1h', '--runs', '10'],
    ],
    folder,
  );
  expect(stderr).toBe('');
  expect(exit).toBe(0);
  expect(stdout).toMatch(/5(\.\d+)? requests\/s, 1 % usual errors/);
  expect(stdout).toMatch(/2\.0 days of history/);
});
