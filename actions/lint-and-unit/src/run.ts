import type { Outputs } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { toJUnit } from '@sluice/report';
import { type Affected, modelAffected } from './changes/affected.ts';
import { check, type Found, type In, toolsOf } from './check.ts';
import type { definition } from './definition.ts';
import { checksOf, reportOf, sentenceOf } from './show.ts';
import { stated } from './statement.ts';
import { assertPaths, testPlans } from './test-plans.ts';
import { isFailed, testFindings } from './tools/test-cases.ts';

type Out = Outputs<(typeof definition)['outputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const { plans, notices } = await testPlans(inputs, host.workspace);
  const tools = toolsOf(inputs, plans);
  if (tools.includes('ruff') || tools.includes('mypy')) await assertPaths(inputs.paths, host.workspace);
  for (const notice of notices) host.log.warn(notice);
  const affected = await modelAffected(
    { patterns: inputs['model-paths'], base: inputs.base, mayFetch: !inputs['dry-run'] },
    host,
  );
  host.log.info(`model-affected is ${affected.affected}: ${affected.because}`);
  if (inputs['dry-run']) return announce(tools, affected, host);

  const found = await check(inputs, plans, host);
  annotate(found, host);
  if (inputs.requirements === undefined) hint(found, host);
  const checks = checksOf(found);
  const passed = checks.length > 0 && checks.every((c) => c.passed);
  const outputs = countsOf(found);
  const { 'lint-errors': lint, 'type-errors': types, 'tests-total': total, 'tests-failed': failed } = outputs;
  const record = await stated(
    {
      checks,
      metrics: { lint_errors: lint, type_errors: types, tests_total: total, tests_failed: failed },
      environmentDigest: found.environment?.digest,
    },
    host,
  );
  await host.keep([{ name: 'junit.xml', content: toJUnit(found.tests), kind: 'junit' }]);
  const report = await host.publish(reportOf({ found, checks, affected, notices }), {
    comment: 'lint-and-unit',
  });
  const sentence = sentenceOf(checks);
  await host.commitStatus({
    context: 'lint-and-unit',
    state: passed ? 'success' : 'failure',
    description: sentence.slice(0, 140).toWellFormed(),
  });
  return {
    outputs: { ...outputs, passed, 'model-affected': affected.affected, report, record: record ?? 'none' },
    ...(passed ? {} : { refused: sentence }),
    sentence,
  };
}

function countsOf({ lint, types, tests }: Found) {
  return {
    'lint-errors': lint?.length ?? 0,
    'type-errors': types?.length ?? 0,
    'tests-total': tests.length,
    'tests-failed': tests.filter(isFailed).length,
  };
}

function annotate({ lint, types, tests }: Found, host: Host): void {
  for (const { tool, rule, message, file, line, column, endLine } of [
    ...(lint ?? []),
    ...(types ?? []),
    ...testFindings(tests),
  ])
    host.annotate({
      level: 'error',
      title: tool,
      message,
      file,
      line,
      rule,
      ...(column === undefined ? {} : { column }),
      ...(endLine === undefined ? {} : { endLine }),
    });
}

/** The usual reason why tests that run elsewhere cannot run here. */
function hint({ tests }: Found, host: Host): void {
  const missing = tests
    .map(
      (test) =>
        /ModuleNotFoundError: No module named '([^']+)'/.exec(`${test.message}\n${test.details}`)?.[1],
    )
    .find((name) => name !== undefined);
  if (missing)
    host.log.warn(
      `a test imports '${missing}', which is not there: name the file of your requirements with the input \`requirements\` (the environment holds ruff, mypy and pytest alone)`,
    );
}

/** Dry run: what would be run. Nothing was checked, so nothing has passed. */
async function announce(
  tools: readonly string[],
  affected: Affected,
  host: Host,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const sentence = `dry run: would run ${tools.join(', ') || 'nothing'}`;
  const report = await host.publish({
    title: 'Code checks',
    verdict: { state: 'info', sentence: `${sentence}.` },
    blocks: [
      {
        type: 'facts',
        facts: [['model affected', `${affected.affected ? 'yes' : 'no'}: ${affected.because}`]],
      },
    ],
  });
  const outputs: Out = {
    ...countsOf({ lint: undefined, types: undefined, tests: [], suites: [], environment: undefined }),
    passed: false,
    'model-affected': affected.affected,
    report,
    record: 'none',
  };
  return { outputs, sentence };
}
