import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@sluice/contract';
import { expect, test } from 'vitest';
import { run } from './run.ts';

const node = (program: string, ...args: string[]) => [process.execPath, '-e', program, ...args];

async function alive(pid: number): Promise<boolean> {
  // a zombie that nobody has collected yet is dead
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}

test('arguments reach the program as they are, without a shell', async () => {
  const odd = ['$(id)', "it's", '"; rm -rf x', '*', '', 'a b\n', '`date`'];
  const { code, stdout } = await run(node('console.log(JSON.stringify(process.argv.slice(1)))', ...odd));
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(odd);
});

test('a status that is not 0 is a result, with the last lines of both streams', async () => {
  const lines: string[] = [];
  const result = await run(node('console.log("one"); console.error("two"); process.exitCode = 7'), {
    tailLines: 5,
    onLine: (line, stream) => lines.push(`${stream}: ${line}`),
  });
  expect(result).toMatchObject({ code: 7, signal: null, timedOut: false, cancelled: false, stdout: 'one\n' });
  expect(result.tail.toSorted()).toEqual(['one', 'two']);
  expect(lines.toSorted()).toEqual(['stderr: two', 'stdout: one']);
});

test('the input is given, and a program that does not read it is no error', async () => {
  const { stdout } = await run(node('process.stdin.pipe(process.stdout)'), { stdin: 'héllo' });
  expect(stdout).toBe('héllo');
  expect((await run(node(''), { stdin: 'x'.repeat(1 << 20) })).code).toBe(0);
});

test('a time limit ends the program and what it has started, though it ignores SIGTERM', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000);';
  const parent = `${stubborn} const c = require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(`${stubborn} console.log("up")`)}], {stdio: ["ignore", "pipe", "inherit"]}); c.stdout.on("data", () => console.log(c.pid))`;
  const result = await run(node(parent), { timeoutMs: 5000, graceMs: 200 });
  expect(result).toMatchObject({ timedOut: true, cancelled: false, signal: 'SIGKILL' });
  const child = Number(result.stdout.trim());
  expect(child).toBeGreaterThan(1);
  expect(await alive(child)).toBe(false);
});

test('cancelling ends it; a job that is cancelled already starts nothing', async () => {
  const abort = new AbortController();
  const result = await run(node('console.log("up"); setInterval(() => {}, 1000)'), {
    signal: abort.signal,
    onLine: () => abort.abort(),
  });
  expect(result).toMatchObject({ cancelled: true, timedOut: false, signal: 'SIGTERM' });
  const file = join(await mkdtemp(join(tmpdir(), 'sluice-run-')), 'made');
  const after = await run(node('require("node:fs").writeFileSync(process.argv[1], "")', file), {
    signal: abort.signal,
  });
  expect(after).toMatchObject({ code: null, cancelled: true });
  await expect(readFile(file)).rejects.toThrow('ENOENT');
});

test('a program that leaves a child behind does not hold the job', async () => {
  const leave =
    'require("node:child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {stdio: "inherit"}).unref(); process.exit(0)';
  const result = await run(node(leave), { graceMs: 200 });
  expect(result.code).toBe(0);
  expect(result.durationMs).toBeLessThan(30_000);
});

test('more output than the limit is cut, and said', async () => {
  const result = await run(node('process.stdout.write("x".repeat(5000))'), { captureLimit: 1000 });
  expect([result.stdout.length, result.truncated]).toEqual([1000, true]);
});

test('a missing program and a missing folder are told apart', async () => {
  await expect(run(['no-such-program-here'])).rejects.toThrow(/'no-such-program-here' was not found on PATH/);
  await expect(run(['uv'], { env: { PATH: '/nowhere' } })).rejects.toThrow(/pip install uv/);
  await expect(run(node(''), { cwd: '/no/such/folder' })).rejects.toThrow(/no folder/);
  await expect(run([import.meta.filename])).rejects.toThrow(/may not be executed/);
  await expect(run([])).rejects.toBeInstanceOf(UserError);
});
