/**
 * `npm test`: the checks of the tree, then unit tests, then the tests on real parts. Every check counts as a test;
 * the last line is `N passed, N failed[, N skipped]`. `--slow` runs the long forms.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './project.ts';

const slow = process.argv.includes('--slow');
// what tests leave behind goes with this folder; a fault in a test must not fill the machine's
const temporary = mkdtempSync(join(tmpdir(), 'sluice-test-'));
// threads that spin for each other stall a small model on a busy machine
const env = {
  ...process.env,
  OMP_NUM_THREADS: '1',
  TMPDIR: temporary,
  ...(slow ? { SLUICE_SLOW: '1' } : {}),
  PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`,
};
const total = { passed: 0, failed: 0, skipped: 0 };
const failures: string[] = [];

const node = (script: string, ...args: string[]) => [process.execPath, join(root, script), ...args] as const;

function check(name: string, [program, ...args]: readonly [string, ...string[]]): void {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' });
  if (status === 0) total.passed++;
  else {
    total.failed++;
    failures.push(name);
  }
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
  }[];
}

function vitest(project: string): void {
  console.log(`\n== tests: ${project}`);
  const file = join(temporary, `${project}.json`);
  const [program, ...args] = node(
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  );
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: 'inherit' });
  const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as VitestReport) : undefined;
  total.passed += report?.numPassedTests ?? 0;
  total.skipped += (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const failed = report?.numFailedTests ?? 0;
  total.failed += failed;
  // a file that cannot be loaded, a worker that died, no report at all: a failure though no test failed
  if (failed > 0) failures.push(`${project}: ${failed} tests`);
  else if (status !== 0 || !report) {
    total.failed++;
    failures.push(`${project}: the run itself`);
  }
}

check('types', node('node_modules/typescript/bin/tsc', '--noEmit'));
check('style', node('node_modules/@biomejs/biome/bin/biome', 'check', '.'));
check('generated files', node('scripts/generate.ts', '--check'));
check('dist equals its sources', node('scripts/check-dist.ts'));
vitest('unit');
vitest('parts');
try {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
} catch (error) {
  console.warn(`${temporary} could not be removed: ${error instanceof Error ? error.message : error}`);
}

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((f) => `- ${f}`).join('\n')}`);
console.log(
  `\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
);
process.exitCode = total.failed > 0 ? 1 : 0;
