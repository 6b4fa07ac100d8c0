import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { readMeasurements } from '@sluice/evaluation';
import { type TestHost, testHost } from '@sluice/host/testing';
import { freePort } from '@sluice/process';
import {
  appendStatement,
  decodeStatement,
  modelDigest,
  openRecord,
  quantizationStatement,
} from '@sluice/record';
import { openStore } from '@sluice/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { definition } from '../../actions/smoke-test/src/definition.ts';
import { run } from '../../actions/smoke-test/src/run.ts';
import { type Fault, type FaultyServer, faultyServer } from './faulty-server.ts';

let server: FaultyServer;
let host: TestHost;
beforeAll(async () => {
  server = await faultyServer();
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.fault = 'none';
  host = testHost({ action: 'smoke-test' });
});
afterEach(() => host.dispose());

const smoke = (given: Record<string, string>) =>
  run(parseInputs(definition, new Map(Object.entries(given))), host);
const endpoint = () => ({ endpoint: server.url });

describe('a healthy server', () => {
  it('is asked three prompts, whole and streamed', async () => {
    const before = server.chats;
    const { outputs, refused } = await smoke({ ...endpoint(), warmup: '2' });
    expect(refused).toBeUndefined();
    expect(server.chats - before).toBe(8);
    expect(server.bodies.slice(before + 2).map((b) => [b.model, b.stream])).toEqual(
      [false, true, false, true, false, true].map((stream) => ['toy', stream]),
    );
    expect(outputs).toMatchObject({
      healthy: true,
      requests: 6,
      'error-rate': 0,
      'failed-checks': [],
      'run-id': 'none',
      record: 'none',
      'ttft-p50-ms': expect.any(Number),
      'latency-p99-ms': expect.any(Number),
      'tpot-p50-ms': expect.any(Number),
      'tokens-per-second': expect.any(Number),
    });
  });

  it('leaves measurements that the gate can read', async () => {
    const { outputs } = await smoke(endpoint());
    const found = await readMeasurements(outputs.measurements);
    expect(found.get('latency_p99_ms')).toBe(outputs['latency-p99-ms']);
    expect(found.get('ttft_p99_ms')).toBe(outputs['ttft-p99-ms']);
    expect(found.get('error_rate')).toBe(0);
  });

  it('adds a statement to the record of its run', async () => {
    const { outputs } = await smoke({ ...endpoint(), 'run-id': 'run-0123456789' });
    expect(outputs['run-id']).toBe('run-0123456789');
    const [folder, digest] = outputs.record.split('#sha256=') as [string, string];
    const list = await readFile(`${folder}/${digest}.list`, 'utf8');
    const [member] = /[0-9a-f]{64}/.exec(list) as RegExpExecArray;
    const statement = decodeStatement(await readFile(`${folder}/${member}.intoto.jsonl`), 'the statement');
    expect(statement.predicate).toMatchObject({
      result: 'PASSED',
      sluice: { kind: 'smoke-test', run_id: 'run-0123456789', metrics: { error_rate: 0 } },
    });
  });

  it('can be put under load, and its answers checked', async () => {
    const { outputs } = await smoke({
      ...endpoint(),
      load: 'requests: 20\nconcurrency: 4',
      checks: '[{name: says what, prompt: What?, contains: 学习}, {name: json, prompt: What?, json: true}]',
    });
    expect(outputs.requests).toBe(28);
    expect(outputs['failed-checks']).toEqual(['check: json']);
  });
});

describe('a server that answers wrongly is refused, with the reason', () => {
  it.each<[Fault, string[], RegExp]>([
    ['crash', ['whole', 'streamed'], /EngineDeadError/],
    ['empty', ['whole', 'streamed'], /no text/],
    ['broken-stream', ['streamed'], /broke off/],
    ['no-stream', ['streamed'], /asked for a stream/],
    ['unauthorized', ['whole', 'streamed'], /401/],
  ])('%s', async (fault, ways, reason) => {
    server.fault = fault;
    const { outputs, refused } = await smoke(endpoint());
    expect(outputs.healthy).toBe(false);
    expect(outputs['failed-checks']).toEqual(
      expect.arrayContaining([...ways.map((way) => `prompt 2 ${way}`), 'max-error-rate']),
    );
    expect(outputs['failed-checks'].filter((name) => name.startsWith('prompt'))).toHaveLength(
      3 * ways.length,
    );
    expect(refused).toMatch(reason);
    expect(host.published[0]?.report.verdict.state).toBe('fail');
  });

  it('too slow for its limits', async () => {
    const { outputs } = await smoke({ ...endpoint(), 'max-ttft-p99': '5ms', 'max-latency-p99': '20s' });
    expect(outputs['failed-checks']).toEqual(['max-ttft-p99']);
    server.fault = 'slow';
    const late = await smoke({ ...endpoint(), timeout: '100ms' });
    expect(late.outputs).toMatchObject({ healthy: false, 'latency-p99-ms': 'none', 'error-rate': 1 });
    expect(late.refused).toMatch(/no whole answer within 0\.1 s/);
  });

  it('no list of models: the reason says how to name one', async () => {
    server.fault = 'models-500';
    const { outputs, refused } = await smoke(endpoint());
    expect(outputs).toMatchObject({
      healthy: false,
      requests: 0,
      'error-rate': 'none',
      'failed-checks': ['models'],
    });
    expect(refused).toMatch(/500.*input `model`/);
    expect((await smoke({ ...endpoint(), model: 'toy' })).outputs.healthy).toBe(true);
  });
});

describe('no server, or bad input', () => {
  it('is no answer: exit 4', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    await expect(smoke({ endpoint: nobody })).rejects.toMatchObject({ exitCode: 4 });
    await expect(smoke({ endpoint: nobody, model: 'toy' })).rejects.toMatchObject({ exitCode: 4 });
  });

  it.each<[Record<string, string>, RegExp]>([
    [{}, /nothing to test/],
    [{ endpoint: 'http://127.0.0.1:1', start: "[x, '{port}']" }, /both `endpoint` and `start`/],
    [{ endpoint: 'http://127.0.0.1:1', prompts: 'absent.txt' }, /'absent\.txt' cannot be read/],
    [{ endpoint: 'http://127.0.0.1:1', 'api-key-env': 'ABSENT_KEY' }, /ABSENT_KEY is not set/],
    [{ endpoint: 'http://127.0.0.1:1', load: 'requests: many' }, /load:1:11/],
    [{ start: "{command: [x, '{port}'], ready-timeout: '30'}" }, /ready-timeout '30' has no unit/],
  ])('%o: exit 2', async (given, message) => {
    const failure = smoke(given);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ exitCode: 2 });
  });

  it('never shows the key', async () => {
    server.fault = 'echoes-key';
    host.dispose();
    host = testHost({ action: 'smoke-test', env: { KEY: 'sk-very-secret' } });
    const { outputs, refused } = await smoke({ ...endpoint(), 'api-key-env': 'KEY' });
    const everything = [
      refused,
      JSON.stringify(host.published),
      host.logged.join(),
      await readFile(outputs.report, 'utf8'),
    ];
    expect(everything.join()).not.toContain('sk-very-secret');
    expect(refused).toContain('***');
  });
});

describe('start', () => {
  const command = (script: string) => JSON.stringify([process.execPath, '-e', script, '{port}']);

  it('that ends at once is the user’s program failing: exit 5, with its last lines', async () => {
    const failure = smoke({ start: command("console.error('CUDA not found'); process.exit(7)") });
    await expect(failure).rejects.toMatchObject({ exitCode: 5 });
    await expect(failure).rejects.toThrow(/exit 7[\s\S]*CUDA not found/);
  });

  it('that never listens is ended: exit 4', async () => {
    const failure = smoke({
      start: JSON.stringify({
        command: JSON.parse(command('setInterval(() => {}, 1000)')),
        'ready-timeout': '700ms',
      }),
    });
    await expect(failure).rejects.toMatchObject({ exitCode: 4 });
  });

  it('on a port where something answers already is refused: a test could not tell them apart', async () => {
    const port = Number(new URL(server.url).port);
    await expect(smoke({ start: JSON.stringify({ command: ['true'], port }) })).rejects.toThrow(
      /already answers on port/,
    );
  });

  it('that dies of a question has not passed, and says its last lines', async () => {
    const script = `
      require('node:http').createServer((request, response) => {
        if (request.url === '/v1/models') return response.end('{"data":[{"id":"toy"}]}');
        console.error('EngineDeadError: out of memory');
        process.exit(1);
      }).listen(Number(process.argv[1]), '127.0.0.1')`;
    const { outputs, refused } = await smoke({ start: command(script) });
    expect(outputs.healthy).toBe(false);
    expect(outputs['failed-checks']).toContain('process');
    expect(refused).toMatch(/prompt 1 whole/);
    expect(JSON.stringify(host.published[0]?.report)).toContain('EngineDeadError: out of memory');
  });
});

describe('a cancelled job', () => {
  it('ends the server that it brought up', async () => {
    const script = `
      require('node:fs').writeFileSync('server.pid', String(process.pid));
      require('node:http').createServer((request, response) => {
        if (request.url === '/v1/models') return response.end('{"data":[{"id":"toy"}]}');
        console.log('asked');
      }).listen(Number(process.argv[1]), '127.0.0.1')`;
    const failure = smoke({ start: JSON.stringify([process.execPath, '-e', script, '{port}']) });
    const outcome = expect(failure).rejects.toThrow('cancelled by the test');
    await vi.waitFor(() => expect(host.logged).toContain('debug: asked'), { timeout: 30_000 });
    const pid = Number(await readFile(join(host.workspace, 'server.pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);
    host.cancel();
    await outcome;
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('which model was tested', () => {
  /** A record that names one model: a folder with the given weights, served under no version. */
  async function recorded(weights: string) {
    const folder = dirname(host.write('candidate/model.safetensors', weights));
    const digest = await modelDigest(folder);
    const store = await openStore({ workspace: host.workspace, env: {} });
    const statement = quantizationStatement({
      runId: 'run-0123456789',
      maker: { action: 'quantize', version: '0.0.0', invocation: 'test/1' },
      startedAt: new Date(0),
      finishedAt: new Date(1000),
      model: digest,
      modelRef: folder,
      from: { model: digest },
      engine: 'llm-compressor',
      scheme: 'w8a8',
    });
    return { folder, digest, ...(await appendStatement(store, 'run-0123456789', statement)) };
  }

  it('is proven by the digest of its folder, and the run is the one that the record names', async () => {
    const { ref, digest, folder } = await recorded('weights');
    const { outputs } = await smoke({ ...endpoint(), record: ref, model: folder });
    expect(outputs).toMatchObject({ healthy: true, 'run-id': 'run-0123456789' });
    const record = await openRecord(outputs.record, await openStore({ workspace: host.workspace, env: {} }));
    expect(record.statements).toHaveLength(2);
    const test = record.statements.find((s) => s.statement.predicateType.includes('test-result'));
    expect(test?.statement.subject).toEqual([
      expect.objectContaining({ name: 'model', digest: { sha256: String(digest).slice(7) } }),
    ]);
  });

  it('is another one where the digest differs: not healthy', async () => {
    const { ref, folder } = await recorded('weights');
    host.write('candidate/model.safetensors', 'other weights');
    const { outputs, refused } = await smoke({ ...endpoint(), record: ref, model: folder });
    expect(outputs['failed-checks']).toEqual(['identity']);
    expect(refused).toMatch(/is model sha256:.*the record names model sha256:/);
  });

  it('is only claimed where nothing shows it: the statement is then about the report', async () => {
    const { ref } = await recorded('weights');
    const { outputs } = await smoke({ ...endpoint(), record: ref });
    expect(outputs.healthy).toBe(true);
    const record = await openRecord(outputs.record, await openStore({ workspace: host.workspace, env: {} }));
    const test = record.statements.find((s) => s.statement.predicateType.includes('test-result'));
    expect(test?.statement.subject.map((s) => s.name)).toEqual(['report']);
  });
});

it('dry run asks nothing, and nothing is healthy', async () => {
  const before = server.chats;
  const { outputs, refused } = await smoke({ ...endpoint(), 'dry-run': 'true' });
  expect(server.chats).toBe(before);
  expect(refused).toBeUndefined();
  expect(outputs).toMatchObject({ healthy: false, requests: 0 });
});
