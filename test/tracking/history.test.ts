import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseInputs } from '@sluice/contract';
import { testHost } from '@sluice/host';
import { freePort, run as runProgram, type Service, start } from '@sluice/process';
import { historyTarget, type VersionFigures, writeHistory } from '@sluice/tracking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definition } from '../../actions/eval-gate/src/definition.ts';
import { run } from '../../actions/eval-gate/src/run.ts';
import { installSystemPackage } from '../parts/system-package.ts';

const say = console.log;
const version: VersionFigures = {
  model: 'modèle "7b", a=b',
  version: 'qwen-v1.2.0',
  runId: 'run-0001',
  commit: 'c'.repeat(40),
  decision: 'approve',
  at: Date.now(),
  figures: [
    { name: 'gsm8k/exact_match@strict, "x"=1', value: 0.5, lower: 0.45, upper: 0.55 },
    { name: 'latency_p99_ms', value: 312 },
    { name: 'back\\slash\\', value: 1e-7 },
  ],
};

let folder: string;
const services: Service[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
});
afterAll(async () => {
  for (const service of services) await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function up(argv: readonly string[], url: string): Promise<void> {
  const service = await start(argv, { cwd: folder });
  services.push(service);
  for (const end = Date.now() + 120_000; ; await sleep(100)) {
    if ((await fetch(url).catch(() => undefined))?.ok) return;
    if (!service.running || Date.now() > end)
      throw new Error(`${argv[0]} is not up:\n${service.tail().join('\n')}`);
  }
}

const write = (given: string, what = version) =>
  writeHistory(historyTarget(given, folder, {}), what, {
    retries: { attempts: 1, base: 1, cap: 1, random: () => 0 },
  });

describe('a real InfluxDB', () => {
  let http: string;
  const ask = async (q: string) => {
    const answer = await fetch(`http://${http}/query?db=models&epoch=ms&q=${encodeURIComponent(q)}`, {
      method: 'POST',
    });
    return ((await answer.json()) as { results: { series?: { columns: string[]; values: unknown[][] }[] }[] })
      .results[0]?.series?.[0];
  };
  beforeAll(async () => {
    const influxd = await installSystemPackage(
      { program: 'influxd', debian: 'influxdb', otherwise: 'Install InfluxDB 1.x.' },
      say,
    );
    const [port, rpc] = [await freePort(), await freePort()];
    http = `127.0.0.1:${port}`;
    const config = join(folder, 'influxdb.conf');
    const at = (name: string) => JSON.stringify(join(folder, name));
    writeFileSync(
      config,
      `reporting-disabled = true\nbind-address = "127.0.0.1:${rpc}"\n[meta]\ndir = ${at('meta')}\n[data]\ndir = ${at('data')}\nwal-dir = ${at('wal')}\n[monitor]\nstore-enabled = false\n[http]\nbind-address = "${http}"\n`,
    );
    await up([influxd, '-config', config], `http://${http}/ping`);
    await ask('CREATE DATABASE models');
  }, 300_000);

  it('gives back every figure with its names, however often it was written', async () => {
    for (let i = 0; i < 2; i++) await write(`influxdb+http://${http}?db=models`);
    const series = await ask('SELECT * FROM evaluation');
    const rows = series?.values.map((row) =>
      Object.fromEntries(row.map((value, i) => [series.columns[i], value])),
    );
    expect(rows).toHaveLength(3);
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          time: version.at,
          model: 'modèle "7b", a=b',
          task: 'gsm8k',
          metric: 'exact_match',
          filter: 'strict, "x"=1',
          value: 0.5,
          lower: 0.45,
          upper: 0.55,
          run_id: 'run-0001',
          decision: 'approve',
        }),
        expect.objectContaining({ metric: 'back/slash/', value: 1e-7, filter: null }),
      ]),
    );
  });

  it('takes a file of line protocol as it is', async () => {
    await write('history.lp');
    const body = readFileSync(join(folder, 'history.lp'), 'utf8');
    await ask('CREATE DATABASE fromfile');
    const answer = await fetch(`http://${http}/write?db=fromfile&precision=ms`, { method: 'POST', body });
    expect(answer.status).toBe(204);
  });

  it('says why it refuses', async () => {
    await expect(write(`influxdb+http://${http}?db=nowhere`)).rejects.toThrow(
      /InfluxDB at 127\.0\.0\.1:\d+ answered 404: .*database not found/,
    );
  });
});

describe("InfluxDB 2's write API, as it is published", () => {
  it('is asked with organisation, bucket, precision and token; what it answers is told without the token', async () => {
    const asked: { url: string; authorization: string | undefined; body: string }[] = [];
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { authorization } = request.headers;
      asked.push({ url: request.url ?? '', authorization, body });
      const known = authorization === 'Token right';
      response.writeHead(known ? 204 : 401, { 'content-type': 'application/json' });
      response.end(known ? '' : '{"code":"unauthorized","message":"unauthorized access"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `influxdb+http://127.0.0.1:${(server.address() as AddressInfo).port}?org=lab&bucket=models`;
    const send = (token: string) =>
      writeHistory(historyTarget(address, folder, { INFLUX_TOKEN: token }), version);
    await send('right');
    expect(asked[0]?.url).toBe('/api/v2/write?org=lab&bucket=models&precision=ms');
    expect(asked[0]?.body.split('\n')).toHaveLength(4);
    await expect(send('wrong-token')).rejects.toThrow(/answered 401: .*unauthorized access/);
    await expect(send('wrong-token')).rejects.not.toThrow('wrong-token');
    server.close();
  });
});

describe('a real Pushgateway, and promtool', () => {
  it('takes what is pushed, a group a model, and shows it', async () => {
    const program = await installSystemPackage(
      {
        program: 'prometheus-pushgateway',
        debian: 'prometheus-pushgateway',
        otherwise: 'Install the Pushgateway.',
      },
      say,
    );
    const address = `127.0.0.1:${await freePort()}`;
    await up([program, `--web.listen-address=${address}`], `http://${address}/-/ready`);
    await write(`pushgateway+http://${address}`);
    await write(`pushgateway+http://${address}`, {
      ...version,
      model: 'other',
      figures: [{ name: 'acc', value: 1 }],
    });
    await write(`pushgateway+http://${address}`, {
      ...version,
      model: undefined,
      figures: [{ name: 'acc', value: 2 }],
    });
    const shown = await (await fetch(`http://${address}/metrics`)).text();
    const samples = shown.split('\n').filter((line) => line.startsWith('sluice_evaluation_value'));
    expect(samples).toHaveLength(5);
    expect(shown).toContain('model="modèle \\"7b\\", a=b"');
    expect(samples.find((line) => line.includes('metric="exact_match"'))).toMatch(
      /filter="strict, \\"x\\"=1".* 0\.5$/,
    );
  }, 300_000);

  it('finds nothing to complain of in a text file', async () => {
    const promtool = await installSystemPackage(
      { program: 'promtool', debian: 'prometheus', otherwise: 'Install Prometheus.' },
      say,
    );
    await write('gate.prom');
    const input = readFileSync(join(folder, 'gate.prom'), 'utf8');
    const told = await runProgram([promtool, 'check', 'metrics'], { stdin: input });
    expect(told.tail.join('\n')).toBe('');
    expect(told.code).toBe(0);
    const broken = await runProgram([promtool, 'check', 'metrics'], {
      stdin: input.replace('"} 0.5', '} 0.5'),
    });
    expect(broken.code).not.toBe(0);
  }, 300_000);
});

describe('eval-gate', () => {
  const gate = async (history: string) => {
    const host = testHost({ action: 'eval-gate' });
    const candidate = join(import.meta.dirname, '../../packages/evaluation/fixtures/lm-eval/better');
    const gates = '{gates: [{metric: exact_match@last-number, at-least: 0.8}]}';
    const given = new Map(Object.entries({ gates, candidate, register: 'sums', history }));
    const outcome = await run(parseInputs(definition, given), host);
    return { host, outcome };
  };

  it('keeps the figures of the version with the bounds that decided', async () => {
    const { host, outcome } = await gate('out/h.lp, out/h.prom');
    expect(outcome.outputs.decision).toBe('approve');
    const lines = readFileSync(join(host.workspace, 'out/h.lp'), 'utf8');
    expect(lines).toMatch(
      /^evaluation,decision=approve,filter=last-number,metric=exact_match,model=sums,task=sums,version=sums-v1\.0\.0 value=1,lower=0\.9\d+,upper=1,run_id=/m,
    );
    expect(readFileSync(join(host.workspace, 'out/h.prom'), 'utf8')).toContain(
      'model="sums",version="sums-v1.0.0"',
    );
    host.dispose();
  });

  it('loses no decision over a monitoring that is away, and refuses a target that is none at once', async () => {
    const { host, outcome } = await gate(`${join(folder, 'history.lp')}/below/a-file.lp`);
    expect(outcome.outputs.decision).toBe('approve');
    expect(host.logged.join('\n')).toMatch(/warn: the history was not kept: .*a-file\.lp cannot be written/);
    host.dispose();
    await expect(gate('history.txt')).rejects.toMatchObject({ exitCode: 2 });
  });
});
