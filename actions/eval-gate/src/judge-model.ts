import {
  type Digest,
  type DocumentSource,
  duration,
  placeIn,
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
import { ask, type Client, connect, servedModel } from '@sluice/inference';
import { digestOf } from '@sluice/record';
import type { Context } from './context.ts';
import { judgeAnswers } from './judge-answers.ts';

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
  /** Questions that were answered before and not asked again. */
  readonly before: number;
  /** Some of those answers came from the store, where whoever writes there could have made them. */
  readonly elsewhere: boolean;
  readonly scores: JudgeScores;
}

/** The gates and the text that they were read from. */
export interface GatesGiven {
  readonly gates: GatesDocument;
  readonly text: string;
  readonly name: string;
}

/** Reads `judge`; undefined where it is not given. Nothing is asked before there is something to judge. */
export async function judgeModel(
  context: Context,
  { gates, text: gatesText, name: gatesFile }: GatesGiven,
  source: DocumentSource,
  review: Review | undefined,
): Promise<JudgeModel> {
  const { text, name } = await context.host.document(source, { input: 'judge', decides: true });
  const config = readDocument(text, name, judgeConfig);
  if (gates.stop)
    throw new UserError(
      `${placeIn(gatesText, gatesFile, ['stop'])}: 'stop' evaluates a part of the items at a time, and a judge model rates whole results: leave \`stop\` out of the gates, or the input \`judge\` out`,
    );
  let said: SaidByJudge | null = null;
  return {
    digest: digestOf(text),
    said: () => said,
    score: async (candidate, baseline) => {
      if (config.form === 'pairs') await requireComparable(candidate, baseline, gates);
      const plan = await judgeQuestions(candidate, baseline, config, review);
      const { answers, ...asked } = await answersTo(context, config, plan);
      const scores = judgeScores(candidate, baseline, plan, config.form, answers);
      said = { ...scores.figures, ...asked, endpoint: config.endpoint, scores };
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
): Promise<{ model: string; answers: (string | null)[]; before: number; elsewhere: boolean }> {
  const { inputs, host } = context;
  const prompts = questions.map(({ prompt }) => prompt);
  const what = `${questions.length} questions about ${items.length} items`;
  if (inputs['dry-run']) {
    host.log.info(`would ask ${config.model ?? 'the judge model'} at ${config.endpoint} ${what}`);
    const answers = prompts.map(() => null);
    return { model: config.model ?? 'not asked', answers, before: 0, elsewhere: false };
  }
  const client = connect({
    endpoint: config.endpoint,
    apiKey: keyOf(context),
    timeoutMs: duration.parse(config.timeout),
    signal: host.signal,
  });
  const model = config.model ?? (await onlyModel(client));
  const kept = await judgeAnswers(context, config, model, prompts);
  const answers = prompts.map((prompt) => kept.known(prompt) ?? null);
  const open = [...answers.keys()].filter((q) => answers[q] === null);
  const before = prompts.length - open.length;
  const earlier = before === 0 ? '' : `; ${before} were answered before and are not asked again`;
  host.log.info(`asking ${model} at ${config.endpoint} ${what}${earlier}`);
  const worker = async (): Promise<void> => {
    for (let q = open.shift(); q !== undefined; q = open.shift()) {
      const prompt = prompts[q] as string;
      const asked = await ask(client, model, prompt, {
        maxTokens: config['max-tokens'],
        signal: host.signal,
      });
      if (asked.kind === 'hopeless')
        throw new SystemError(`the judge at ${client.base} cannot be asked: ${asked.message}`);
      if (asked.kind === 'unanswered') continue;
      answers[q] = asked.text;
      await kept.keep(prompt, asked.text);
    }
  };
  try {
    await Promise.all(Array.from({ length: config.concurrency }, worker));
  } finally {
    await kept.share();
  }
  const missing = answers.filter((answer) => answer === null).length;
  if (missing > 0)
    host.log.warn(`the judge left ${missing} of ${prompts.length} questions without an answer`);
  return { model, answers, before, elsewhere: kept.elsewhere };
}

async function onlyModel(client: Client): Promise<string> {
  const served = await servedModel(client);
  if ('id' in served) return served.id;
  throw new UserError(`judge: ${served.problem}; name the judge with \`model\``);
}

function keyOf({ inputs, host }: Context): string | undefined {
  const name = inputs['judge-api-key-env'];
  return inputs['judge-api-key'] ?? (name ? host.env[name] : undefined);
}
