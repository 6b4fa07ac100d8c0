import { ProgramError } from '@sluice/contract';
import { run } from '@sluice/process';
import type { Answer } from '../answer.ts';
import { onScale, type Score, type Scorer } from './scorer.ts';
import { withoutTexts } from './without-texts.ts';

export interface CommandSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly scale: readonly [number, number];
  readonly timeoutMs: number;
  /** Folder that it runs in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A program of the user's: JSON lines `{id, prompt, response}` on its standard input, in an order that tells nothing of versions; JSON
 * lines `{id, score}` on its standard output. Other lines are passed over; an answer without a line has no score.
 */
export function commandScorer({ name, argv, scale, timeoutMs, cwd, env }: CommandSpec): Scorer {
  return {
    name,
    score: async (answers, signal) => {
      const asked = answers.filter((answer) => answer.response !== undefined);
      const stdin = asked.map(({ id, prompt, response }) => `${JSON.stringify({ id, prompt, response })}\n`);
      const ended = await run(argv, { stdin: stdin.join(''), timeoutMs, signal, cwd, env });
      signal.throwIfAborted();
      const what = `The command of scorer '${name}' (${argv[0]})`;
      const last = withoutTexts(ended.tail.slice(-5).join('\n'), answers);
      if (ended.timedOut)
        throw new ProgramError(`${what} did not end within ${timeoutMs / 1000} s.\n${last}`);
      if (ended.code !== 0)
        throw new ProgramError(`${what} ended with ${ended.code ?? ended.signal}.\n${last}`);
      if (ended.truncated) throw new ProgramError(`${what} wrote more than can be read.`);
      return scoresOf(ended.stdout, answers, scale, what);
    },
  };
}

function scoresOf(
  stdout: string,
  answers: readonly Answer[],
  scale: readonly [number, number],
  what: string,
): Score[] {
  const known = new Set(answers.map(({ id }) => id));
  const shown = (text: string) => withoutTexts(text, answers).slice(0, 100);
  const scores = new Map<string, Score>();
  for (const line of stdout.split('\n')) {
    const row = objectIn(line);
    if (typeof row?.id !== 'string' || !('score' in row)) continue;
    if (!known.has(row.id))
      throw new ProgramError(`${what} scored '${shown(row.id)}', which is none of the answers it was given.`);
    const score = onScale(row.score, scale);
    if (score === null && row.score !== null)
      throw new ProgramError(
        `${what} gave the score ${shown(JSON.stringify(row.score))}; allowed: a number from ${scale.join(' to ')} (key 'scale'), or null for none.`,
      );
    scores.set(row.id, score);
  }
  return answers.map(({ id }) => scores.get(id) ?? null);
}

function objectIn(line: string): Record<string, unknown> | undefined {
  if (!line.trimStart().startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
