import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { actionTypesYml, actionYml, shownDefault } from '@sluice/contract/faces';
import { run } from '@sluice/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionNames, definitionOf, root } from '../../scripts/project.ts';

const dist = join(root, 'dist');
const MEGABYTE = 1_000_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dist-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Every file of `dist/` that is read until an action has its inputs and knows that they are wrong. */
async function readBeforeWork(name: string): Promise<string[]> {
  const list = join(folder, name);
  const hook = pathToFileURL(join(import.meta.dirname, 'modules-read.ts')).href;
  const ended = await run([process.execPath, '--import', hook, join(dist, name, 'index.js')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      GITLAB_CI: 'true',
      SLUICE_MODULES_READ: list,
      SLUICE_INPUT_DRY_RUN: 'maybe',
    },
    timeoutMs: 60_000,
  });
  expect(ended.code, ended.tail.join('\n')).toBe(2);
  return readFileSync(list, 'utf8')
    .trim()
    .split('\n')
    .filter((url) => url.startsWith('file:'))
    .map((url) => fileURLToPath(url))
    .filter((path) => path.startsWith(dist));
}

/** Texts that no minifier takes away, and what they are a sign of. */
const HEAVY = {
  'undici, the HTTP client of @actions/core': 'undici.globalDispatcher',
  '@actions/core': 'ACTIONS_ID_TOKEN_REQUEST_URL',
  '@actions/http-client': 'actions/http-client',
  '@actions/cache': 'ACTIONS_CACHE_SERVICE_V2',
  '@octokit/rest': 'octokit-rest.js',
};

const files = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('dist/', () => {
  it('is under 6 MB in all, and holds what is looked for below', () => {
    const all = files(dist);
    expect(all.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(6 * MEGABYTE);
    // the signs are signs: each is in the bundle, in a part that is read only where it is needed
    const code = all.filter((path) => path.endsWith('.js')).map((path) => readFileSync(path, 'utf8'));
    for (const [what, sign] of Object.entries(HEAVY))
      expect(
        code.some((text) => text.includes(sign)),
        what,
      ).toBe(true);
  });

  it.each(actionNames())('%s reads under 0.5 MB and nothing heavy before it begins', async (name) => {
    const read = await readBeforeWork(name);
    expect(read).toContain(join(dist, name, 'index.js'));
    expect(read).toContain(join(dist, 'shared', 'index.js'));
    expect(read.length).toBeGreaterThan(2);
    for (const [what, sign] of Object.entries(HEAVY))
      expect(
        read.filter((path) => readFileSync(path, 'utf8').includes(sign)),
        what,
      ).toEqual([]);
    expect(read.reduce((sum, path) => sum + statSync(path).size, 0)).toBeLessThan(0.5 * MEGABYTE);
  });

  it('is reached by static imports from its stubs alone', () => {
    for (const path of files(join(dist, 'shared')).filter((name) => name.endsWith('.js'))) {
      const statics = readFileSync(path, 'utf8').matchAll(
        /(?:^|[;}])import[^("'`]*?(?:from)?\s*["']([^"']+)["']/g,
      );
      const imported = [...statics].map(([, from]) => from as string);
      expect(
        imported.filter((from) => from.startsWith('.')),
        path,
      ).toEqual([]);
    }
  });
});

interface Manifest {
  readonly inputs: Record<string, { required: boolean; default?: string }>;
  readonly outputs: Record<string, unknown>;
  readonly runs: { using: string; main: string };
}

describe.each(actionNames())('the manifests of %s', (name) => {
  const manifest = (file: string): string => readFileSync(join(root, 'actions', name, file), 'utf8');

  it('say what the definition says', async () => {
    const definition = await definitionOf(name);
    expect(manifest('action.yml')).toBe(actionYml(definition));
    expect(manifest('action-types.yml')).toBe(actionTypesYml(definition));
    const { inputs, outputs, runs } = parse(manifest('action.yml')) as Manifest;
    expect(Object.keys(inputs)).toEqual(Object.keys(definition.inputs));
    expect(Object.keys(outputs)).toEqual(Object.keys(definition.outputs));
    for (const [input, spec] of Object.entries(definition.inputs)) {
      expect(inputs[input]?.required, input).toBe(spec.required ?? false);
      expect(inputs[input]?.default, input).toBe(shownDefault(spec));
    }
    expect(runs.using).toBe('node24');
    expect(statSync(join(root, 'actions', name, runs.main)).isFile()).toBe(true);
  });

  it('holds the thread that reads a large file of results', async () => {
    const path = join(folder, 'results.jsonl');
    writeFileSync(path, '{"id": "a", "correct": 1}\n{"id": "b", "correct": 0}\n');
    const entry = pathToFileURL(join(dist, 'shared/reading-thread.js'));
    const [answer] = await once(new Worker(entry, { workerData: { path, options: {} } }), 'message');
    expect(answer).toMatchObject({ kind: 'read', tasks: [{ name: 'all', series: [{ metric: 'correct' }] }] });
  });
});
