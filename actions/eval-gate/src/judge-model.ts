import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Digest,
  type DocumentSource,
  duration,
  readDocument,
  SystemError,
  UserError,
} from '@sluice/contract';
import {
  comparabilityOf,
  type GatesDocument,
  type JudgeConfig,
  type JudgeFigures,
  type JudgePlan,
  type JudgeScores,
  judgeConfig,
  judgeQuestions,
  judgeScores,
  type Results,
  type Review,
} from '@sluice/evaluation';
import { type Client, connect, type Exchange, servedModel } from '@sluice/inference';
import { digestOf } from '@sluice/record';
import type { Context } from './context.ts';

/** A judge model that is ready to be asked. */
export interface JudgeModel {
  readonly digest: Digest;
  /** Both sides with the judge's scores beside their own. */
  score(candidate: Results, baseline: Results | null): Promise<JudgeScores>;
  /** What was said last, for the report. */
  readonly said: () => SaidByJudge | null;
}

/** What the report says of a judge. */
export interface SaidByJudge extends JudgeFigures {
  readonly model: string;
  readonly endpoint: string;
  readonly scores: JudgeScores;
}

/** Waits before a question is asked again. */
const AGAIN_MS = [1000, 5000];

/** Reads `judge`; undefined where it is not given. Nothing is asked before there is something to judge. */
export async function judgeModel(
  context: Context,
  gates: GatesDocument,
  source: DocumentSource,
  review: Review | undefined,
): Promise<JudgeModel> {
  const { text, name } = await context.host.document(source, { input: 'judge', decides: true });
  const config = readDocument(text, name, judgeConfig);
  if (gates.stop)
    throw new UserError('a judge model rates whole results: leave `stop` out of the gates, or `judge` out');
  let said: SaidByJudge | null = null;
  return {
    digest: digestOf(text),
    said: () => said,
    score: async (candidate, baseline) => {
      if (config.form === 'pairs') await requireComparable(candidate, baseline, gates);
      const plan = await judgeQuestions(candidate, baseline, config, review);
      const { model, answers } = await answersTo(context, config, plan);
      const scores = judgeScores(candidate, baseline, plan, config.form, answers);
      said = { ...scores.figures, model, endpoint: config.endpoint, scores };
      return scores;
    },
  };
}

/** Nothing is paid for a comparison that could not decide. */
async function requireComparable(
  candidate: Results,
  baseline: Results | null,
  gates: GatesDocument,
): Promise<void> {
  if (!baseline) return;
  const tasks = candidate.tasks.map((task) => task.name);
  const { comparable, reasons, firstDifference } = await comparabilityOf(candidate, baseline, tasks, gates);
  if (comparable) return;
  const first = firstDifference === null ? '' : `; the first item that differs: ${firstDifference}`;
  throw new UserError(
    `the judge was not asked: not comparable with the baseline: ${reasons.join('; ')}${first}`,
  );
}

async function answersTo(
  context: Context,
  config: JudgeConfig,
  { questions, items }: JudgePlan,
): Promise<{ model: string; answers: (string | null)[] }> {
  const { inputs, host } = context;
  const what = `${questions.length} questions about ${items.length} items`;
  if (inputs['dry-run']) {
    host.log.info(`would ask ${config.model ?? 'the judge model'} at ${config.endpoint} ${what}`);
    return { model: config.model ?? 'not asked', answers: questions.map(() => null) };
  }
  const client = connect({
    endpoint: config.endpoint,
    apiKey: keyOf(context),
    timeoutMs: duration.parse(config.timeout),
    signal: host.signal,
  });
  const model = config.model ?? (await onlyModel(client));
  host.log.info(`asking ${model} at ${config.endpoint} ${what}`);
  const answers: (string | null)[] = questions.map(() => null);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let q = next++; q < questions.length; q = next++) {
      const prompt = questions[q]?.prompt as string;
      answers[q] = await answerOf(client, model, prompt, config['max-tokens'], host.signal);
    }
  };
  await Promise.all(Array.from({ length: config.concurrency }, worker));
  const missing = answers.filter((answer) => answer === null).length;
  if (missing > 0)
    host.log.warn(`the judge left ${missing} of ${questions.length} questions without an answer`);
  return { model, answers };
}

async function onlyModel(client: Client): Promise<string> {
  const served = await servedModel(client);
  if ('id' in served) return served.id;
  throw new UserError(`judge: ${served.problem}; name the judge with \`model\``);
}

/** One answer; null where there is none after some tries. @throws SystemError where no question will ever be answered */
async function answerOf(
  client: Client,
  model: string,
  prompt: string,
  maxTokens: number,
  signal: AbortSignal,
): Promise<string | null> {
  for (let attempt = 0; ; attempt++) {
    const exchange = await client.chat(model, {
      messages: [{ role: 'user', content: prompt }],
      stream: false,
      maxTokens,
    });
    signal.throwIfAborted();
    // an answer that was cut off has not come to its verdict
    if (exchange.ok) return exchange.finishReason === 'length' ? '' : exchange.text;
    if (isHopeless(exchange))
      throw new SystemError(`the judge at ${client.base} cannot be asked: ${exchange.message}`);
    const wait = AGAIN_MS[attempt];
    if (wait === undefined || !mayPass(exchange)) return null;
    await sleep(wait, undefined, { signal });
  }
}

type Failure = Exclude<Exchange, { readonly ok: true }>;

/** No server, a key that is refused, a model or path that is not there: the next question would fare no better. */
function isHopeless({ kind, status }: Failure): boolean {
  return kind === 'refused' || (kind === 'status' && [401, 403, 404].includes(status ?? 0));
}

function mayPass({ kind, status }: Failure): boolean {
  return kind === 'timeout' || kind === 'garbled' || status === 429 || (status ?? 0) >= 500;
}

function keyOf({ inputs, host }: Context): string | undefined {
  const name = inputs['judge-api-key-env'];
  return inputs['judge-api-key'] ?? (name ? host.env[name] : undefined);
}
