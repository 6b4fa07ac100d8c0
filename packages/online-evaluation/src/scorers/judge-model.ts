import { SystemError } from '@sluice/contract';
import { gradeOf, judgePrompt } from '@sluice/evaluation';
import { ask, connect } from '@sluice/inference';
import { together } from '../together.ts';
import { onScale, type Score, type Scorer } from './scorer.ts';
import { withoutTexts } from './without-texts.ts';

export interface JudgeSpec {
  readonly name: string;
  readonly endpoint: string;
  readonly model: string;
  readonly rubric: string;
  readonly scale: readonly [number, number];
  readonly apiKey: string | undefined;
  readonly timeoutMs: number;
  readonly concurrency: number;
}

/** Tokens of a verdict: models that think aloud need room before it. */
const LONGEST_VERDICT = 1024;

/**
 * A language model as the judge, asked once for each answer at temperature 0 and told nothing of versions. What it says that holds no
 * score of the scale is a missing score, never a 0.
 *
 * Source: Zheng et al., "Judging LLM-as-a-judge with MT-Bench and Chatbot Arena", NeurIPS 2023 (grading of single answers).
 */
export function judgeScorer(spec: JudgeSpec): Scorer {
  const { name, endpoint, model, rubric, apiKey, timeoutMs, concurrency, scale } = spec;
  return {
    name,
    score: async (answers, signal) => {
      const client = connect({ endpoint, apiKey, timeoutMs, signal });
      let silent: string | undefined;
      let answered = 0;
      const scores = await together(answers, concurrency, async ({ prompt, response }): Promise<Score> => {
        if (prompt === undefined || response === undefined) return null;
        const shown = { input: prompt, reference: '', answers: [response] };
        const question = judgePrompt(scale, shown, `What counts: ${rubric}`);
        const said = await ask(client, model, question, { maxTokens: LONGEST_VERDICT, signal, again: [] });
        if (said.kind !== 'answered') {
          silent = said.message;
          return null;
        }
        answered++;
        return onScale(gradeOf(scale, said.text), scale);
      });
      signal.throwIfAborted();
      if (answered === 0 && silent !== undefined)
        throw new SystemError(
          `The judge of scorer '${name}' (${model} at ${client.base}) does not answer: ${withoutTexts(silent, answers)}.`,
        );
      return scores;
    },
  };
}
