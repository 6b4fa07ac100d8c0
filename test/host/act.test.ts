import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { actionYml } from '@sluice/contract/faces';
import { freePort, run } from '@sluice/process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { actProgram } from '../parts/act.ts';
import { definition } from './fixture/action.ts';

const MAIN = pathToFileURL(join(import.meta.dirname, 'fixture', 'main.ts')).href;
const act = await actProgram();

let shared: string;
let folder: string;
beforeAll(() => {
  shared = mkdtempSync(join(tmpdir(), 'act-'));
});
afterAll(() => rmSync(shared, { recursive: true, force: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'workflow-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A repository whose action is the fixture, with what is generated from its definition. */
async function workflow(jobs: Record<string, unknown>) {
  mkdirSync(join(folder, 'action'));
  mkdirSync(join(folder, '.github/workflows'), { recursive: true });
  writeFileSync(join(folder, 'action/index.mjs'), `await import('${MAIN}');\n`);
  const manifest = actionYml(definition).replace(/main: .*/, 'main: index.mjs');
  writeFileSync(join(folder, 'action/action.yml'), manifest);
  writeFileSync(join(folder, '.github/workflows/w.yml'), stringify({ on: 'push', jobs }));
  const git = (...argv: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...argv], { cwd: folder });
  git('init', '-q', '-b', 'main');
  git('remote', 'add', 'origin', 'https://github.com/lab/models.git');
  git('add', '.');
  git('commit', '-q', '-m', 'workflow');
  const ports = [
    '--cache-server-port',
    String(await freePort()),
    '--artifact-server-port',
    String(await freePort()),
  ];
  const paths = [
    '--cache-server-path',
    join(shared, 'cache'),
    '--artifact-server-path',
    join(shared, 'artifacts'),
  ];
  return run(
    [
      act as string,
      'push',
      ...['-W', '.github/workflows/w.yml', '-P', 'ubuntu-latest=-self-hosted'],
      ...['--cache-server-addr', '127.0.0.1', '--artifact-server-addr', '127.0.0.1', ...ports, ...paths],
    ],
    {
      cwd: folder,
      env: {
        PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
        HOME: shared,
        XDG_CACHE_HOME: join(shared, 'xdg'),
      },
      timeoutMs: 300_000,
    },
  );
}

const step = (inputs: Record<string, string>, id = 'fixture') => ({ id, uses: './action', with: inputs });
const checkout = { uses: 'actions/checkout@v4' };
const job = (steps: unknown[], more: Record<string, unknown> = {}) => ({
  'runs-on': 'ubuntu-latest',
  steps,
  ...more,
});
const expression = (text: string) => `\${{ ${text} }}`;

describe.skipIf(!act)('under act', () => {
  it('outputs cross from job to job, each as it was', async () => {
    const outputs = Object.fromEntries(
      Object.keys(definition.outputs).map((name) => [name, expression(`steps.fixture.outputs.${name}`)]),
    );
    const note = 'two words\nand "a line" $HOME #1 <<EOF';
    const result = await workflow({
      produce: job([checkout, step({ deploy: 'true', 'run-id': 'run_12345', weight: '25', note })], {
        outputs,
      }),
      consume: job(
        [
          {
            run: `printf '%s' "$SEEN" > ${folder}/seen.json`,
            env: { SEEN: expression('toJSON(needs.produce.outputs)') },
          },
        ],
        { needs: 'produce' },
      ),
    });
    expect(result.code, result.tail.join('\n')).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'))).toEqual({
      deploy: 'true',
      decision: 'approve',
      weight: '25',
      'run-id': 'run_12345',
      steps: '150',
      metrics: '{"task/exact-match":0.925,"loss":0.001}',
      note,
    });
  });

  it('a bad input fails the step, and the log says which', async () => {
    const result = await workflow({ produce: job([checkout, step({ weight: '250' })]) });
    expect(result.code).not.toBe(0);
    expect(result.stdout).toMatch(/bad input: input 'weight': '250'/);
  });

  it('what was put into the cache is brought back under exactly its key', async () => {
    const key = `key-${Date.now()}`;
    const result = await workflow({
      produce: job([
        checkout,
        step({ mode: 'cache', note: `${key}-longer` }, 'first'),
        { run: 'rm -r cached' },
        step({ mode: 'cache', note: key }, 'prefix'),
        { run: 'rm -r cached' },
        step({ mode: 'cache', note: `${key}-longer` }, 'again'),
        {
          run: `printf '%s %s %s %s' "$A" "$B" "$C" "$(cat cached/kept)" > ${folder}/seen`,
          env: {
            A: expression('steps.first.outputs.deploy'),
            B: expression('steps.prefix.outputs.deploy'),
            C: expression('steps.again.outputs.deploy'),
          },
        },
      ]),
    });
    expect(result.code, result.tail.join('\n')).toBe(0);
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe(`false false true ${key}-longer`);
  });
});
