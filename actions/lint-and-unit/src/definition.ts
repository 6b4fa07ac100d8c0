import {
  choice,
  defineAction,
  dryRun,
  duration,
  failOnReject,
  flag,
  integer,
  list,
  path,
  runOutputs,
  text,
  token,
} from '@sluice/contract';

export const definition = defineAction({
  name: 'lint-and-unit',
  title: 'lint-and-unit',
  description:
    'Checks Python code with ruff, mypy and pytest in an environment of its own, shows each finding at its file and line, and says whether the change affects the model.',
  permissions: { statuses: 'write' },
  inputs: {
    paths: { type: list(path), description: 'Folders and files that ruff and mypy check.', default: 'src' },
    requirements: {
      type: path,
      description:
        'Requirements file (or pyproject.toml) of what the code and its tests import. ruff, mypy, pytest and pytest-timeout are added in the versions that it names, else in ours. Default: those tools alone.',
    },
    python: { type: text, description: 'Interpreter to build on, a name or a path. Default: `python3`.' },
    lint: { type: choice('Linter', ['ruff', 'none']), description: 'The linter.', default: 'ruff' },
    types: {
      type: choice('TypeChecker', ['mypy', 'none']),
      description: 'The type checker.',
      default: 'mypy',
    },
    'unit-tests': {
      type: path,
      description: 'Folder or file of unit tests for pytest; `none` for no unit tests.',
      default: 'tests/unit',
    },
    'integration-tests': {
      type: path,
      description: 'Folder or file of integration tests. Default: none.',
    },
    'test-timeout': { type: duration, description: 'For each single test.', default: '300s' },
    'model-paths': {
      type: list(text),
      description:
        'What the model is made of, as in a .gitignore: a pattern without `/` matches in every folder, one that matches a folder matches all in it, `!` takes out again.',
      default: 'src/train*,config*,*.dvc,dvc.lock,data/**',
    },
    base: {
      type: text,
      description:
        'Commit, tag or branch to compare with, instead of what the host names (merge base, commit before the push, previous tag).',
    },
    cache: {
      type: flag,
      description: 'Keep the Python environment for runs with the same requirements.',
      default: 'true',
    },
    ...token,
    ...failOnReject,
    ...dryRun,
  },
  outputs: {
    passed: { type: flag, description: 'Whether linter, type checker and all tests found nothing.' },
    'lint-errors': { type: integer({ min: 0 }), description: 'Findings of the linter.' },
    'type-errors': { type: integer({ min: 0 }), description: 'Errors of the type checker.' },
    'tests-total': { type: integer({ min: 0 }), description: 'Tests that were collected.' },
    'tests-failed': {
      type: integer({ min: 0 }),
      description: 'Tests that failed, with those that could not run.',
    },
    'model-affected': {
      type: flag,
      description:
        'Whether a file of `model-paths` changed. `true` where that cannot be known, and on schedules and runs by hand; the log says why.',
    },
    report: { type: path, description: 'The HTML report.' },
    record: {
      type: runOutputs.record.type,
      description: 'The record of this commit with the statement of this step, pinned by digest.',
    },
  },
});
