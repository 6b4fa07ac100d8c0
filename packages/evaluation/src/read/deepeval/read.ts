import { UserError } from '@sluice/contract';
import { digestOf, textOf } from '../../results/digest.ts';
import type { ReadOptions, Results } from '../../results/results.ts';
import { setSlices } from '../../results/slices.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { isObject, type JsonObject, toScore } from '../../text/tolerant-json.ts';
import { wholeJson } from '../../text/whole-file.ts';

/** Whether a JSON value is a test run of DeepEval, bare or inside `testRunData`. */
export function isDeepEval(value: unknown): value is JsonObject {
  return runOf(value) !== null;
}

function runOf(value: unknown): JsonObject | null {
  if (!isObject(value)) return null;
  if (Array.isArray(value.testCases)) return value;
  return isObject(value.testRunData) ? runOf(value.testRunData) : null;
}

/**
 * Reads a test run of DeepEval. A metric without a score, or with an error, is missing; `success` hangs on that run's
 * threshold, so the score is what is compared. Names and orders are positions, so an item is its input, a conversation its scenario.
 */
export async function readDeepEval(path: string, options: ReadOptions = {}): Promise<Results> {
  const run = runOf(await wholeJson(path)) as JsonObject;
  const conversations = Array.isArray(run.conversationalTestCases) ? run.conversationalTestCases : [];
  const cases = [...(run.testCases as unknown[]), ...conversations].map((test, i) => {
    if (!isObject(test)) throw new UserError(`${path} case ${i + 1}: a JSON object is expected`);
    return test;
  });
  const counted = (toScore(run.testPassed) ?? 0) + (toScore(run.testFailed) ?? 0);
  const builder = new TaskBuilder('deepeval');
  let errored = 0;
  for (const [i, test] of cases.entries()) {
    const item = builder.item({
      content: digestOf(inputOf(test), targetOf(test)),
      at: i,
    });
    const holders = [
      isObject(test.additionalMetadata) ? test.additionalMetadata : undefined,
      isObject(test.metadata) ? test.metadata : undefined,
      test,
    ];
    setSlices(builder.items, item, options.slices ?? [], holders, `${path} case ${i + 1}`);
    const metrics = (Array.isArray(test.metricsData) ? test.metricsData : [])
      .filter(isObject)
      .filter(({ name }) => typeof name === 'string');
    if (metrics.some(failed)) errored++;
    for (const metric of metrics)
      builder.score(item, String(metric.name), null, failed(metric) ? null : toScore(metric.score));
  }
  return {
    format: 'deepeval',
    source: path,
    evaluator: { name: 'deepeval', version: null },
    model: null,
    tasks: [builder.finish({ errored, incomplete: Math.max(0, counted - cases.length) })],
    notes: errored > 0 ? [`${errored} cases have a metric that failed and has no score`] : [],
    texts: async (task, rows) =>
      rows.map((row) => {
        const test = cases[task.items?.place(row) ?? -1];
        return (
          test && {
            input: inputOf(test),
            target: targetOf(test),
            answer: textOf(test.actualOutput ?? saidIn(test, 'assistant')),
          }
        );
      }),
  };
}

/** A conversation is known by its scenario, else by what its user said. */
function inputOf(test: JsonObject): string {
  return textOf(test.input ?? test.scenario ?? saidIn(test, 'user'));
}

function targetOf(test: JsonObject): string {
  return textOf(test.expectedOutput ?? test.expectedOutcome ?? '');
}

function saidIn({ turns }: JsonObject, role: string): string {
  const said = (Array.isArray(turns) ? turns : []).filter((turn) => isObject(turn) && turn.role === role);
  return said.map((turn) => textOf((turn as JsonObject).content ?? '')).join('\n');
}

function failed(metric: JsonObject): boolean {
  return (
    (typeof metric.error === 'string' && metric.error !== '') ||
    metric.score === undefined ||
    metric.score === null
  );
}
