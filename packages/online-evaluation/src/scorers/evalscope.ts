import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramError } from '@sluice/contract';
import { evalScopeCall, evaluatorConfig, readResults } from '@sluice/evaluation';
import { pythonEnvironment, run } from '@sluice/process';
import type { Answer } from '../answer.ts';
import { answeringServer, marked, markIn } from './answering-server.ts';
import { readReferences } from './references.ts';
import { onScale, type Score, type Scorer } from './scorer.ts';
import { withoutTexts } from './without-texts.ts';

/** The version whose options and files are known. */
const REQUIREMENTS = ['evalscope==1.14.0'];
const SUBSET = 'answers';

export interface EvalScopeSpec {
  readonly name: string;
  /** File of references. */
  readonly references: string;
  /** As EvalScope names it. */
  readonly metric: string;
  readonly requirements: readonly string[] | undefined;
  readonly timeoutMs: number;
  readonly temp: string;
  readonly cacheDir: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
}

/**
 * EvalScope's `general_qa` over answers that were given before: a server on this machine gives them back to it, so that it scores what
 * users were told and asks no model. Answers to prompts without a reference are not scored.
 */
export async function evalScopeScorer(spec: EvalScopeSpec): Promise<Scorer> {
  const { name, temp } = spec;
  const references = await readReferences(spec.references);
  const referenceOf = ({ prompt }: Answer): string | undefined => references.get(prompt?.trim() ?? '')?.[0];
  return {
    name,
    selective: true,
    score: async (answers, signal) => {
      const asked = answers.filter(
        (answer) => answer.response !== undefined && referenceOf(answer) !== undefined,
      );
      if (asked.length === 0) return answers.map(() => null);
      const folder = await mkdtemp(join(temp, 'evalscope-'));
      try {
        const rows = asked.map((answer) => ({ query: marked(answer), response: referenceOf(answer) }));
        await mkdir(join(folder, 'data'));
        const lines = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
        await writeFile(join(folder, 'data', `${SUBSET}.jsonl`), lines);
        await evaluate(spec, folder, asked, signal);
        const scores = await scoresIn(join(folder, 'output'), spec);
        if (scores.size === 0)
          throw new ProgramError(`EvalScope of scorer '${name}' scored none of ${asked.length} answers.`);
        return answers.map(({ id }) => scores.get(id) ?? null);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function evaluate(
  { name, requirements, timeoutMs, cacheDir, env, log }: EvalScopeSpec,
  folder: string,
  asked: readonly Answer[],
  signal: AbortSignal,
): Promise<void> {
  const python = await pythonEnvironment({
    name: 'evaluation',
    requirements: requirements ?? REQUIREMENTS,
    cacheDir,
    env: { ...env },
    log,
    signal,
  });
  await using server = await answeringServer(asked);
  const local = { general_qa: { local_path: join(folder, 'data'), subset_list: [SUBSET] } };
  const config = evaluatorConfig.parse({ tasks: ['general_qa'], 'dataset-args': local });
  const call = evalScopeCall(config, { endpoint: server.url, name: 'logged' }, join(folder, 'output'));
  const ended = await run([python.python, ...call.argv], {
    cwd: folder,
    env: { ...python.env, ...call.env },
    timeoutMs,
    signal,
  });
  signal.throwIfAborted();
  const what = `EvalScope of scorer '${name}'`;
  const last = withoutTexts(ended.tail.slice(-8).join('\n'), asked);
  if (ended.timedOut) throw new ProgramError(`${what} did not end within ${timeoutMs / 1000} s.\n${last}`);
  if (ended.code !== 0) throw new ProgramError(`${what} ended with ${ended.code ?? ended.signal}.\n${last}`);
}

/** The score of each answer, by its name. */
async function scoresIn(folder: string, { name, metric }: EvalScopeSpec): Promise<Map<string, Score>> {
  const results = await readResults(folder, { format: 'evalscope' });
  const scores = new Map<string, Score>();
  const known = new Set<string>();
  for (const task of results.tasks) {
    const rows = Array.from({ length: task.items?.size ?? 0 }, (_, row) => row);
    const texts = await results.texts(task, rows);
    for (const series of task.series) {
      if (!series.scores) continue;
      known.add(series.metric);
      if (series.metric !== metric) continue;
      for (const row of rows) {
        const id = markIn(texts[row]?.input ?? '');
        if (id !== undefined && series.scores.count(row) > 0)
          scores.set(id, onScale(series.scores.mean(row), [0, 1]));
      }
    }
  }
  if (!known.has(metric))
    throw new ProgramError(
      `EvalScope of scorer '${name}' gave no metric '${metric}'; it gave ${[...known].join(', ') || 'none'}.`,
    );
  return scores;
}
