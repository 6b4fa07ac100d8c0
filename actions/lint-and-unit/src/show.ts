import type { Block, Report, TestCase } from '@sluice/report';
import type { Affected } from './changes/affected.ts';
import type { Found } from './check.ts';
import type { Finding } from './finding.ts';
import { isFailed } from './tools/test-cases.ts';

/** One of the checks of this step, in users' words. */
export interface Checked {
  readonly name: string;
  readonly passed: boolean;
  readonly detail: string;
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** The checks that were run, each with its result. */
export function checksOf({ lint, types, tests, suites }: Found): Checked[] {
  return [
    ...(lint ? [{ name: 'ruff', passed: lint.length === 0, detail: count(lint.length, 'finding') }] : []),
    ...(types ? [{ name: 'mypy', passed: types.length === 0, detail: count(types.length, 'error') }] : []),
    ...suites.map((suite) => {
      const own = tests.filter((test) => test.suite === suite);
      const failed = own.filter(isFailed).length;
      return { name: `${suite} tests`, passed: failed === 0, detail: `${failed} of ${own.length} failed` };
    }),
  ];
}

export function sentenceOf(checks: readonly Checked[]): string {
  if (checks.length === 0) return 'nothing was checked: linter, type checker and tests are all turned off';
  const failed = checks.filter((c) => !c.passed);
  return failed.length === 0
    ? `${checks.map((c) => c.name).join(', ')} found nothing`
    : failed.map((c) => `${c.name}: ${c.detail}`).join('; ');
}

interface Shown {
  readonly found: Found;
  readonly checks: readonly Checked[];
  readonly affected: Affected;
  readonly notices: readonly string[];
}

export function reportOf({ found, checks, affected, notices }: Shown): Report {
  const state = checks.length === 0 ? 'undecided' : checks.every((c) => c.passed) ? 'pass' : 'fail';
  return {
    title: 'Code checks',
    verdict: { state, sentence: `${sentenceOf(checks)}.` },
    blocks: [
      {
        type: 'facts',
        facts: [
          ['model affected', `${affected.affected ? 'yes' : 'no'}: ${affected.because}`],
          ...notices.map((notice) => ['note', notice] as const),
        ],
      },
      {
        type: 'table',
        columns: ['check', 'result', ''],
        rows: checks.map((c) => [c.name, c.passed ? 'passed' : [{ strong: 'failed' }], c.detail]),
      },
      ...findings('Findings of ruff', found.lint ?? []),
      ...findings('Errors of mypy', found.types ?? []),
      ...failures(found.tests),
      ...slowest(found.tests),
    ],
  };
}

function findings(caption: string, list: readonly Finding[]): Block[] {
  if (list.length === 0) return [];
  const rows = list.map((f) => [[{ code: `${f.file}:${f.line}` }], f.rule, f.message]);
  return [{ type: 'table', caption, columns: ['place', 'rule', 'what'], rows }];
}

function failures(tests: readonly TestCase[]): Block[] {
  const failed = tests.filter(isFailed);
  return failed.length === 0
    ? []
    : [
        { type: 'heading', text: 'Failed tests' },
        ...failed.map(
          (test): Block => ({
            type: 'details',
            summary: `${test.suite}: ${test.file ?? ''}${test.line ? `:${test.line}` : ''} ${test.name}`,
            blocks: [
              { type: 'code', language: 'text', text: test.details ?? test.message ?? 'it says nothing' },
            ],
          }),
        ),
      ];
}

function slowest(tests: readonly TestCase[]): Block[] {
  const slow = tests
    .filter((test) => (test.durationMs ?? 0) >= 1000)
    .sort((a, b) => (b.durationMs ?? 0) - (a.durationMs ?? 0))
    .slice(0, 10);
  if (slow.length === 0) return [];
  const rows = slow.map((t) => [t.name, t.suite, Math.round((t.durationMs ?? 0) / 100) / 10]);
  return [
    {
      type: 'details',
      summary: 'Slowest tests',
      blocks: [{ type: 'table', columns: ['test', 'suite', 'seconds'], rows }],
    },
  ];
}
