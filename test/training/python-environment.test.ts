import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonEnvironment, run } from '@sluice/process';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** A folder of packages made here: the tests need no index. */
let root: string;
let env: NodeJS.ProcessEnv;

const wheel = `import sys, zipfile
folder, version = sys.argv[1:]
with zipfile.ZipFile(f"{folder}/tiny_package-{version}-py3-none-any.whl", "w") as z:
    info = f"tiny_package-{version}.dist-info"
    z.writestr("tiny_package.py", f"version = '{version}'\\n")
    z.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: Tiny_Package\\nVersion: {version}\\n")
    z.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr(f"{info}/RECORD", f"tiny_package.py,,\\n{info}/METADATA,,\\n{info}/WHEEL,,\\n{info}/RECORD,,\\n")
`;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-python-'));
  await mkdir(join(root, 'wheels'));
  for (const version of ['1.0', '2.0']) {
    const made = await run(['python3', '-c', wheel, join(root, 'wheels'), version]);
    expect(made.code, made.stderr).toBe(0);
  }
  env = { ...process.env, PIP_NO_INDEX: '1', PIP_FIND_LINKS: join(root, 'wheels'), PYTHONPATH: '/nowhere' };
});
afterAll(() => rm(root, { recursive: true, force: true }));

const wanted = (cache: string, requirements: readonly string[] | string, more: object = {}) =>
  pythonEnvironment({ name: 'test', requirements, cacheDir: join(root, cache), env, ...more });

test('an environment has what was asked for, and is made once for two that ask at the same time', async () => {
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const [first, second] = await Promise.all([
    wanted('cache', ['tiny-package==1.0'], { log }),
    wanted('cache', ['tiny-package==1.0'], { log }),
  ]);
  expect(first).toEqual(second);
  expect(said.filter((line) => line.startsWith('Making'))).toHaveLength(1);
  expect(first.locked).toContain('tiny-package==1.0');
  expect(first.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  const asked = await run(['python', '-c', 'import tiny_package; print(tiny_package.version)'], {
    env: first.env,
  });
  expect(asked.stdout.trim()).toBe('1.0');

  const file = join(root, 'requirements.txt');
  await writeFile(join(root, 'base.txt'), 'tiny-package==2.0 # why\n');
  await writeFile(file, '-r base.txt\n');
  const other = await wanted('cache', file);
  expect(other.python).not.toBe(first.python);
  expect(other.digest).not.toBe(first.digest);

  // an interpreter that has all that is asked for is used as it is
  const same = await wanted('cache', ['Tiny.Package>=1'], { python: first.python });
  expect(same.python).toBe(first.python);
});

test('what cannot be had is the fault of the request, and leaves nothing behind', async () => {
  await expect(wanted('broken', ['tiny-package==9'])).rejects.toMatchObject({ exitCode: 2 });
  await expect(wanted('broken', ['tiny-package==9'])).rejects.toThrow(
    /'test' could not be installed; asked for: tiny-package==9/,
  );
  for (const folder of await readdir(join(root, 'broken', 'python')))
    expect(await readdir(join(root, 'broken', 'python', folder))).toEqual([]);
  await expect(wanted('broken', join(root, 'absent.txt'))).rejects.toThrow(
    /Cannot read the requirements file.*ENOENT/,
  );
  await expect(wanted('broken', [], { python: '/no/python' })).rejects.toThrow(/no Python interpreter/);
});

test('an index that does not answer is told apart', async () => {
  const away = {
    ...env,
    PIP_NO_INDEX: undefined,
    PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
    PIP_RETRIES: '1',
    UV_HTTP_RETRIES: '0',
  };
  const failed = pythonEnvironment({
    name: 'test',
    requirements: ['other-package==1'],
    cacheDir: join(root, 'away'),
    env: away,
  });
  await expect(failed).rejects.toMatchObject({ exitCode: 4 });
});

test('an environment whose folder was moved is made anew', async () => {
  const before = await wanted('cache', ['tiny-package==1.0']);
  await rm(before.python);
  const after = await wanted('cache', ['tiny-package==1.0']);
  expect(after.python).not.toBe(before.python);
  expect(after.digest).toBe(before.digest);
});
