import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inMemory } from '../in-memory.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-rehearse-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const rehearse = (...argv: string[]) => inMemory(['canary', 'rehearse', ...argv], folder);

/** Traffic of both versions for so many minutes; `share` of the candidate's requests fail. */
function csv(minutes: number, share: number): string {
  const rows = Array.from({ length: minutes }, (_, m) => [
    `${m},stable,900,2`,
    `${m},canary,100,${Math.round(100 * share)}`,
  ]).flat();
  return ['minute,version,requests,errors', ...rows, ''].join('\n');
}

/** A Prometheus without samples that asks for this `authorization`. */
async function refusing(authorization: string) {
  const server = createServer((request, response) => {
    response.statusCode = request.headers.authorization === authorization ? 200 : 401;
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}

describe('canary rehearse', () => {
  it('says what a stage cannot decide, and a plan that could', async () => {
    const { exit, stdout } = await rehearse(
      '--rate',
      '1',
      '--policy',
      'sequential',
      '--plan',
      '1@1h,100@2h',
      '--runs',
      '10',
    );
    expect(exit).toBe(0);
    expect(stdout).toContain('CANNOT DECIDE: 36 requests of the candidate');
    expect(stdout).toMatch(/A plan whose stages can decide: 1@\d+m,100@2h/);
  });

  it('proposes larger stages where no soak would do', async () => {
    const { stdout } = await rehearse(
      ...['--rate', '1', '--policy', 'classic', '--plan', '1@10m,5@10m,50@10m,100@10m', '--runs', '10'],
    );
    expect(stdout).toContain('CANNOT DECIDE');
    expect(stdout).toContain('A plan whose stages can decide: 34@10m,50@10m,100@10m');
  });

  it('the same seed gives the same answer', async () => {
    const once = () =>
      rehearse(
        '--rate',
        '5',
        '--policy',
        'classic',
        '--plan',
        '25@30m,100@1h',
        '--runs',
        '10',
        '--seed',
        '7',
        '--json',
      );
    const [a, b] = [await once(), await once()];
    expect(a.stdout).toBe(b.stdout);
    expect(JSON.parse(a.stdout)).toMatchObject({ runs: 10, completes: { share: expect.any(Number) } });
  });

  it('takes the usual latency from what it reads, too', async () => {
    const rows = Array.from({ length: 1500 }, (_, m) => `${m},stable,600,1,300,594,600`);
    writeFileSync(
      join(folder, 'past.csv'),
      ['minute,version,requests,errors,le_500,le_2000,le_4000', ...rows].join('\n'),
    );
    const { stdout } = await rehearse(
      ...['--metrics', 'past.csv', '--plan', '25@30m,100@1h', '--runs', '10', '--json'],
    );
    const { completes, faults } = JSON.parse(stdout);
    expect(completes.share).toBe(1);
    expect(faults.map((f: { fault: { name: string } }) => f.fault.name)).toContain('latency x2');
  });

  it('replays recorded traffic, one JSON object a file', async () => {
    writeFileSync(join(folder, 'a.csv'), csv(60, 0.2));
    writeFileSync(join(folder, 'b.csv'), csv(60, 0));
    const { exit, stdout } = await rehearse(
      '--replay',
      '.',
      '--policy',
      'classic',
      '--plan',
      '10@20m,100@30m',
      '--json',
    );
    expect(exit).toBe(0);
    const [a, b] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(a).toMatchObject({ file: 'a.csv', decision: 'rollback', stage: 1 });
    expect(a.minute).toBeLessThanOrEqual(6);
    expect(b).toMatchObject({ file: 'b.csv', decision: 'complete' });
    expect(b.reason).toContain('not judged, the recording holds no figures: latency');
    expect(Object.keys(a)).toEqual(['file', 'decision', 'minute', 'stage', 'exposed-requests', 'reason']);
  });

  it('counts in the intervals of the policy, and says minutes', async () => {
    writeFileSync(join(folder, 'a.csv'), csv(60, 0));
    const given = ['--replay', 'a.csv', '--plan', '10@20m,100@30m', '--json', '--policy'];
    const { stdout } = await rehearse(...given, '{kind: classic, interval: 5m}');
    expect(JSON.parse(stdout)).toMatchObject({ decision: 'complete', minute: 50, 'exposed-requests': 5000 });
    const refused = await rehearse(...given, '{kind: classic, interval: 30s}');
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringMatching(/a\.csv has a row every 1m/) });
    const typo = await rehearse(...given, '{kind: classic, intervall: 5m}');
    expect(typo.stderr).toMatch(/--policy:1:\d+: unknown key 'intervall'/);
  });

  it('knows CSV with quotes', async () => {
    writeFileSync(join(folder, 'a.csv'), csv(60, 0).replace('minute,version', '"minute","version"'));
    const { stdout } = await rehearse(
      '--replay',
      'a.csv',
      '--plan',
      '10@50m',
      '--policy',
      'classic',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ decision: 'complete', minute: 50 });
  });

  it('says which minutes contradict themselves', async () => {
    writeFileSync(join(folder, 'a.csv'), csv(60, 0).replace('\n7,canary,100,0', '\n7,canary,100,101'));
    const { stdout } = await rehearse('--replay', 'a.csv', '--policy', 'classic', '--json');
    expect(JSON.parse(stdout).reason).toContain(
      '1 intervals contradict themselves and were taken as missing',
    );
  });

  it('replays the other files of a folder where one cannot be read, and says which', async () => {
    for (const name of ['a.csv', 'c.csv']) writeFileSync(join(folder, name), csv(60, 0));
    writeFileSync(join(folder, 'b.txt'), 'hello\n');
    writeFileSync(join(folder, '.hidden'), '');
    const { exit, stdout, stderr } = await rehearse('--replay', '.', '--policy', 'classic', '--json');
    expect(stdout.match(/"file":"[^"]+"/g)).toEqual(['"file":"a.csv"', '"file":"c.csv"']);
    expect(stderr).toMatch(/b\.txt holds no traffic/);
    expect(stderr).not.toContain('hidden');
    expect(exit).toBe(2);
  });

  it('follows the links of a folder, passes folders over, and says which link leads nowhere', async () => {
    mkdirSync(join(folder, 'd', 'nested'), { recursive: true });
    writeFileSync(join(folder, 'a.csv'), csv(60, 0));
    symlinkSync('../a.csv', join(folder, 'd', 'link.csv'));
    symlinkSync('../gone.csv', join(folder, 'd', 'dead.csv'));
    const { exit, stdout, stderr } = await rehearse('--replay', 'd', '--policy', 'classic', '--json');
    expect(stdout.match(/"file":"[^"]+"/g)).toEqual(['"file":"d/link.csv"']);
    expect(stderr).toMatch(/dead\.csv cannot be read \(ENOENT/);
    expect(exit).toBe(2);
    expect(await rehearse('--replay', '')).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/is empty/),
    });
  });

  it('takes nothing from intervals of the past that contradict themselves', async () => {
    const past = (bad: number) =>
      Array.from({ length: 300 }, (_, m) => (m < bad ? `${m},stable,1,500` : `${m},stable,600,6`));
    const header = 'minute,version,requests,errors';
    writeFileSync(join(folder, 'some.csv'), [header, ...past(200)].join('\n'));
    writeFileSync(join(folder, 'all.csv'), [header, ...past(300)].join('\n'));
    writeFileSync(join(folder, 'none.csv'), `${header}\n0,stable,0,0\n`);
    const given = ['--plan', '25@30m', '--runs', '10', '--history'];
    expect((await rehearse(...given, 'some.csv')).stdout).toContain('10 requests/s, 1 % usual errors');
    for (const [file, why] of Object.entries({
      'all.csv': /every interval of the past contradicts itself: .* 500 errors of 1 requests/,
      'none.csv': /holds no requests/,
    }))
      expect(await rehearse(...given, file)).toMatchObject({ exit: 2, stderr: expect.stringMatching(why) });
  });

  it('says which lines of a log could not be read', async () => {
    const line = (t: number) =>
      `{"time":${t},"frontend":"users","backend":"stable","server":"s","status":200,"state":"--","first":1,"total":2,"bytes":9}`;
    const lines = Array.from({ length: 120 }, (_, i) => line(1_795_000_000_000 + i * 1000));
    writeFileSync(
      join(folder, 'a.log'),
      [...lines.slice(0, 60), '{"time":17950', ...lines.slice(60), ''].join('\n'),
    );
    const { stdout } = await rehearse('--replay', 'a.log', '--policy', 'classic', '--json');
    expect(JSON.parse(stdout).reason).toMatch(/1 of 121 lines are cut off or no JSON/);
  });

  it('reads a Prometheus that wants a login', async () => {
    await using server = await refusing('Basic YWRhOnBA');
    const given = ['canary', 'rehearse', '--metrics', server.address];
    const login = { PROMETHEUS_USERNAME: 'ada', PROMETHEUS_PASSWORD: 'p@' };
    expect((await inMemory(given, folder)).stderr).toMatch(/refuses \(HTTP 401\)/);
    expect((await inMemory(given, folder, login)).stderr).toMatch(/has had no sample/);
  });

  it('refuses what it cannot read or draw', async () => {
    for (const option of ['--history', '--metrics']) {
      const { exit, stderr } = await rehearse(option, '.', '--rate', '1');
      expect(stderr).toMatch(/is a folder; give one file/);
      expect(exit).toBe(2);
    }
    expect((await rehearse('--history', 'nowhere.csv')).stderr).toMatch(/cannot be read \(ENOENT/);
    const { exit, stderr } = await rehearse('--rate', '1', '--p99', '0s');
    expect(stderr).toMatch(/--p99 must be at least 1ms/);
    expect(exit).toBe(2);
  });

  it('refuses a recording without rows and a source of another kind', async () => {
    writeFileSync(join(folder, 'a.csv'), 'minute,version,requests,errors\n');
    expect((await rehearse('--replay', 'a.csv')).stderr).toMatch(/a\.csv holds no rows under its header/);
    expect((await rehearse('--metrics', 'ftp://127.0.0.1')).stderr).toMatch(/'ftp:.* is no source\. Allowed/);
  });

  it('a broken line is named, a missing file and a bare number are refused', async () => {
    writeFileSync(join(folder, 'broken.csv'), `${csv(3, 0)}3,canary,many,0\n`);
    expect((await rehearse('--replay', 'broken.csv')).stderr).toMatch(/broken\.csv:8: requests is 'many'/);
    expect((await rehearse('--replay', 'nowhere')).stderr).toContain('is not there');
    expect((await rehearse('--rate', '1', '--p99', '2')).stderr).toContain('2 what?');
    expect((await rehearse()).stderr).toContain('needs the rate');
    for (const bad of [['--replay', 'nowhere'], []]) expect((await rehearse(...bad)).exit).toBe(2);
  });
});
