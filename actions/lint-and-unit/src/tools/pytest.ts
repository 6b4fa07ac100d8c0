import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '@sluice/host';
import { type PythonEnvironment, type RunResult, run } from '@sluice/process';
import type { TestCase } from '@sluice/report';
import { isFailed, readTestCases } from './test-cases.ts';

export interface TestPlan {
  /** `unit` or `integration`. */
  readonly suite: string;
  /** Folder or file, relative to the workspace. */
  readonly path: string;
  /** For each test. */
  readonly timeoutMs: number;
}

/**
 * Runs pytest. Whatever keeps it from ending well, also an interpreter that crashes or a folder without tests, is a
 * failed test of its own: nothing that did not run has passed.
 */
export async function pytest(
  plan: TestPlan,
  environment: PythonEnvironment,
  host: Host,
): Promise<TestCase[]> {
  const xml = join(host.temp, `${plan.suite}.xml`);
  const argv = [
    environment.python,
    ...['-m', 'pytest', plan.path, '--junitxml', xml, '-o', 'junit_family=xunit1'],
    ...['-o', `cache_dir=${join(host.temp, 'pytest')}`, `--timeout=${plan.timeoutMs / 1000}`, '--color=no'],
  ];
  const result = await run(argv, {
    cwd: host.workspace,
    env: environment.env,
    signal: host.signal,
    onLine: (line) => host.log.info(line),
  });
  host.signal.throwIfAborted();
  const text = await readFile(xml, 'utf8').catch(() => undefined);
  const tests = text === undefined ? [] : readTestCases(text, plan.suite, host.workspace);
  if (result.code === 0 || tests.some(isFailed)) return tests;
  return [...tests, broken(plan, result)];
}

const WHY: Readonly<Record<number, string>> = {
  2: 'pytest was interrupted',
  3: 'pytest itself failed',
  4: 'pytest could not start',
  5: 'no test was found',
};

function broken({ suite, path }: TestPlan, result: RunResult): TestCase {
  const why =
    result.code === null
      ? `pytest was ended by ${result.signal}`
      : (WHY[result.code] ?? `pytest ended with ${result.code}`);
  return {
    suite,
    name: `pytest ${path}`,
    outcome: 'error',
    message: `${why} in ${path}`,
    details: result.tail.join('\n'),
    file: path,
  };
}
