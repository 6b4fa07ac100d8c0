import { canonicalJson, digestOf } from '../../results/digest.ts';
import type { ItemText, Results } from '../../results/results.ts';
import { TaskBuilder } from '../../results/task-builder.ts';
import { isObject, type JsonObject, toScore } from '../../text/tolerant-json.ts';

/** The task of what `mlflow.genai.evaluate` scored. */
const TASK = 'genai';
/** MLflow cuts previews at this length: what is as long may be two different texts. */
const PREVIEW = 1000;

const WORDS: Readonly<Record<string, number>> = { yes: 1, no: 0 };

/**
 * The items of a run of `mlflow.genai.evaluate`: its traces with their assessments. A feedback that is a number, a flag, yes or no is a
 * score; one with an error is missing. The item is known by MLflow's digest of its inputs, else by its whole preview.
 *
 * @param traces as `traces/search` of MLflow's REST API 3.0 gives them
 */
export function genaiResults(traces: readonly JsonObject[], source: string): Results {
  const builder = new TaskBuilder(TASK);
  const texts: ItemText[] = [];
  const scorers = new Map<string, string>();
  const errors = new Map<string, number>();
  let unknown = 0;
  for (const trace of traces) {
    const id = idOf(trace);
    if (id === null) {
      unknown++;
      continue;
    }
    const { expectations, feedback } = assessmentsOf(trace);
    const target = expectations.length === 0 ? '' : canonicalJson(Object.fromEntries(expectations));
    const row = builder.item({ id, content: digestOf(id, target) });
    texts[row] ??= {
      input: textAt(trace, 'request_preview'),
      target,
      answer: textAt(trace, 'response_preview'),
    };
    for (const { name, value, error, scorer } of feedback) {
      if (scorer !== null) scorers.set(name, scorer);
      const score = error ? null : scoreOf(value);
      if (score === null && !error) continue;
      if (error) errors.set(name, (errors.get(name) ?? 0) + 1);
      builder.score(row, name, null, score);
    }
  }
  const scorer = scorers.size === 0 ? {} : { scorer: canonicalJson(Object.fromEntries(scorers)) };
  return {
    format: 'mlflow',
    source,
    evaluator: { name: 'mlflow.genai', version: null },
    model: null,
    tasks: [builder.finish({ errored: unknown, settings: scorer })],
    notes: [
      ...(unknown > 0
        ? [
            `${unknown} traces have neither MLflow's digest of their inputs nor a whole preview, so they cannot be paired`,
          ]
        : []),
      ...[...errors].map(([name, count]) => `${name} failed on ${count} items, which have no score by it`),
    ],
    texts: async (_, rows) => rows.map((row) => texts[row]),
  };
}

/** SHA-256 of the inputs, as MLflow tags each row of an evaluation. */
function idOf(trace: JsonObject): string | null {
  const tags = isObject(trace.tags) ? trace.tags : {};
  const digest = tags['mlflow.eval.requestId'];
  if (typeof digest === 'string' && digest !== '') return digest;
  const preview = textAt(trace, 'request_preview');
  return preview !== '' && preview.length < PREVIEW ? preview : null;
}

interface Feedback {
  readonly name: string;
  readonly value: unknown;
  readonly error: boolean;
  readonly scorer: string | null;
}

function assessmentsOf(trace: JsonObject): { expectations: [string, unknown][]; feedback: Feedback[] } {
  const all = Array.isArray(trace.assessments) ? trace.assessments.filter(isObject) : [];
  // one that was corrected later is marked as no longer valid
  const valid = all.filter((one) => one.valid !== false && typeof one.assessment_name === 'string');
  return {
    expectations: valid.flatMap((one): [string, unknown][] =>
      isObject(one.expectation) ? [[one.assessment_name as string, one.expectation.value]] : [],
    ),
    feedback: valid.flatMap((one): Feedback[] => {
      if (!isObject(one.feedback)) return [];
      const digest = isObject(one.metadata) ? one.metadata['mlflow.assessment.scorerDigest'] : undefined;
      return [
        {
          name: one.assessment_name as string,
          value: one.feedback.value,
          error: isObject(one.feedback.error),
          scorer: typeof digest === 'string' ? digest : null,
        },
      ];
    }),
  };
}

function scoreOf(value: unknown): number | null {
  return typeof value === 'string' ? (WORDS[value.toLowerCase()] ?? toScore(value)) : toScore(value);
}

function textAt(trace: JsonObject, key: string): string {
  const value = trace[key];
  return typeof value === 'string' ? value : '';
}
