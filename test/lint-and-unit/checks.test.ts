import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseInputs } from '@sluice/contract';
import { type TestHost, testHost } from '@sluice/host/testing';
import { cacheFolder } from '@sluice/process';
import { decodeStatement } from '@sluice/record';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { definition } from '../../actions/lint-and-unit/src/definition.ts';
import { run } from '../../actions/lint-and-unit/src/run.ts';

/** Real ruff, mypy and pytest on small projects. */
let host: TestHost;
const COMMIT = 'a'.repeat(40);
beforeEach(() => {
  const { GITHUB_ACTIONS: _, SLUICE_STORE_URL: __, ...env } = process.env;
  host = testHost({ action: 'lint-and-unit', env, cacheDir: cacheFolder(process.env) });
  Object.assign(host.source, { commit: COMMIT });
});
afterEach(() => host.dispose());

const check = (given: Record<string, string> = {}) =>
  run(parseInputs(definition, new Map(Object.entries(given))), host);

const write = (files: Record<string, string>) => {
  for (const [file, text] of Object.entries(files)) host.write(file, text);
};

const GOOD = {
  'src/train.py': 'def half(x: float) -> float:\n    return x / 2\n',
  'pyproject.toml': '[tool.pytest.ini_options]\npythonpath = ["src"]\n[tool.ruff]\nfix = true\n',
  'tests/unit/test_train.py':
    'from train import half\n\n\ndef test_half() -> None:\n    assert half(3) == 1.5\n',
};

describe('a project without faults', () => {
  it('passes, with a statement in the record of its commit', async () => {
    write(GOOD);
    const { outputs, refused } = await check();
    expect({ refused, logged: refused ? host.logged : [] }).toEqual({ refused: undefined, logged: [] });
    expect(outputs).toMatchObject({
      passed: true,
      'lint-errors': 0,
      'type-errors': 0,
      'tests-total': 1,
      'tests-failed': 0,
      'model-affected': true,
    });
    expect(host.annotations).toEqual([]);
    const [folder, digest] = outputs.record.split('#sha256=') as [string, string];
    expect(folder).toBe(join(host.workspace, '.sluice/store/commits', COMMIT));
    const [member] = /[0-9a-f]{64}/.exec(
      await readFile(`${folder}/${digest}.list`, 'utf8'),
    ) as RegExpExecArray;
    const statement = decodeStatement(await readFile(`${folder}/${member}.intoto.jsonl`), 'the statement');
    expect(statement.predicate).toMatchObject({
      result: 'PASSED',
      passedTests: ['ruff', 'mypy', 'unit tests'],
      sluice: { kind: 'code', metrics: { lint_errors: 0, tests_total: 1 } },
    });
  });

  it('can import what its requirements bring, also itself', async () => {
    write({
      'pyproject.toml':
        '[project]\nname = "toy-project"\nversion = "1.0"\n[tool.setuptools]\npackages = ["toy_project"]\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n',
      'toy_project/__init__.py': 'NAME: str = "toy"\n',
      'requirements/dev.txt': '-e .\n',
      'tests/unit/test_it.py':
        'import toy_project\n\n\ndef test_it() -> None:\n    assert toy_project.NAME == "toy"\n',
    });
    const { outputs, refused } = await check({
      paths: 'toy_project',
      requirements: 'requirements/dev.txt',
      cache: 'false',
    });
    expect({ refused, logged: refused ? host.logged : [] }).toEqual({ refused: undefined, logged: [] });
    expect(outputs['tests-total']).toBe(1);
  });
});

describe('a project with faults', () => {
  it('shows each at its file and line, and changes no file', async () => {
    const unused = 'import os\n\n\ndef half(x: float) -> str:\n    return x / 2\n';
    write({
      ...GOOD,
      'src/train.py': unused,
      'src/数据.py': 'def broken(:\n',
      'tests/unit/test_train.py':
        'import pytest\nfrom train import half\n\n\ndef test_half():\n    value = half(3)\n    assert value == 2, "it is | <b>no</b> 2"\n\n\n@pytest.mark.skip(reason="no GPU")\ndef test_gpu():\n    pass\n',
      'tests/unit/test_absent.py': 'import not_installed\n',
      'tests/integration/test_slow.py':
        'import time\n\n\ndef test_fast():\n    pass\n\n\ndef test_hangs():\n    time.sleep(60)\n',
    });
    const before = Date.now();
    const { outputs, refused } = await check({
      'integration-tests': 'tests/integration',
      'test-timeout': '1s',
    });
    expect(Date.now() - before).toBeLessThan(60_000);
    expect(refused).toMatch(
      /ruff: \d+ findings; mypy: \d+ errors?; unit tests: \d of \d failed; integration tests: 1 of 2 failed/,
    );
    expect(outputs.passed).toBe(false);
    const at = host.annotations.map((a) => `${a.file}:${a.line} ${a.title} ${a.rule}`);
    expect(at).toEqual(
      expect.arrayContaining(['src/train.py:1 ruff F401', 'src/数据.py:1 ruff invalid-syntax']),
    );
    expect(at.some((line) => line.startsWith('src/数据.py:1 mypy'))).toBe(true);
    expect(at).toContain('tests/unit/test_absent.py:1 pytest tests.unit.test_absent');
    expect(at).toContain('tests/integration/test_slow.py:9 pytest test_hangs');
    expect(host.logged.join('\n')).toMatch(/imports 'not_installed'.*`requirements`/);
    expect(await readFile(join(host.workspace, 'src/train.py'), 'utf8')).toBe(unused);
  });

  it('shows type errors and failed assertions where they are', async () => {
    write({
      ...GOOD,
      'src/train.py': 'def half(x: float) -> str:\n    return x / 2\n',
    });
    const { outputs } = await check();
    expect(outputs).toMatchObject({ 'lint-errors': 0, 'type-errors': 1, 'tests-failed': 0 });
    expect(host.annotations).toEqual([
      expect.objectContaining({
        file: 'src/train.py',
        line: 2,
        column: 12,
        title: 'mypy',
        rule: 'return-value',
      }),
    ]);
    write({ 'src/train.py': 'def half(x: float) -> float:\n    return x / 4\n' });
    const again = await check();
    expect(again.outputs).toMatchObject({ 'type-errors': 0, 'tests-failed': 1 });
    expect(host.annotations.at(-1)).toMatchObject({
      file: 'tests/unit/test_train.py',
      line: 5,
      title: 'pytest',
      rule: 'test_half',
    });
    const junit = host.kept.findLast((f) => f.name === 'junit.xml')?.content;
    expect(junit).toContain('tests="1" failures="1"');
  });

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'an interpreter that crashes',
      { 'tests/unit/test_train.py': 'import os\n\n\ndef test_crash():\n    os.abort()\n' },
      /ended by SIGABRT/,
    ],
    [
      'a conftest that cannot be imported',
      { 'tests/unit/conftest.py': 'import not_installed\n' },
      /pytest could not start|failed/,
    ],
    ['a folder without tests', { 'tests/unit/test_train.py': '' }, /no test was found/],
  ])('never passes what did not run: %s', async (_, files, message) => {
    write({ ...GOOD, ...files });
    const { outputs, refused } = await check({ lint: 'none', types: 'none' });
    expect(outputs).toMatchObject({ passed: false, 'tests-failed': 1 });
    expect(refused).toMatch(/unit tests: 1 of \d failed/);
    expect(JSON.stringify([host.published, host.annotations])).toMatch(message);
  });
});

describe('what is missing', () => {
  it('is said where it is only the default', async () => {
    write({ 'src/train.py': GOOD['src/train.py'] });
    const { outputs, refused } = await check();
    expect(refused).toBeUndefined();
    expect(outputs).toMatchObject({ passed: true, 'tests-total': 0 });
    expect(host.logged).toContainEqual(
      expect.stringMatching(/^warn: No unit test was run: there is no 'tests\/unit'/),
    );
  });

  it.each<[Record<string, string>, RegExp]>([
    [{ 'unit-tests': 'test/unit' }, /unit-tests: there is no 'test\/unit'/],
    [{ 'integration-tests': 'tests/integration' }, /integration-tests: there is no/],
    [{ paths: 'src,lib, more' }, /paths: there is no 'lib', 'more'/],
    [{ requirements: 'requirements.txt' }, /requirements: there is no 'requirements\.txt'/],
    [{ requirements: 'bad.txt' }, /could not be installed|no solution|not found/i],
  ])('is an error where it was asked for: %o', async (given, message) => {
    write({ ...GOOD, 'bad.txt': 'sluice-no-such-package==0.0.1\n' });
    const failure = check(given);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ exitCode: 2 });
  });

  it('in the tools’ own configuration is the user’s to mend', async () => {
    write({ ...GOOD, 'pyproject.toml': '[tool.ruff]\nline-length = "long"\n' });
    await expect(check()).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/ruff could not check[\s\S]*line-length/),
    });
  });
});

it('with everything turned off, nothing has passed', async () => {
  const { outputs, refused } = await check({ lint: 'none', types: 'none', 'unit-tests': 'none' });
  expect(outputs.passed).toBe(false);
  expect(refused).toMatch(/nothing was checked/);
});

it('a dry run says what it would run, and installs nothing', async () => {
  write(GOOD);
  const { outputs, refused, sentence } = await check({ 'dry-run': 'true', cache: 'false' });
  expect(refused).toBeUndefined();
  expect(sentence).toBe('dry run: would run ruff, mypy, pytest, pytest-timeout');
  expect(outputs).toMatchObject({ passed: false, record: 'none' });
});
