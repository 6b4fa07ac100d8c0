import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from '@sluice/contract';
import { ITEM_SCORES } from '@sluice/evaluation';
import type { REFERENCE_METRICS } from './reference-metrics.ts';
import type { Scorer } from './scorer.ts';

/** Scores answers to prompts that a file has references for. @throws UserError where it cannot be read */
export async function referencesScorer(
  name: string,
  path: string,
  metric: (typeof REFERENCE_METRICS)[number],
): Promise<Scorer> {
  const references = await readReferences(path);
  const score = ITEM_SCORES[metric]({ positive: '1', spacedWords: null });
  return {
    name,
    selective: true,
    score: async (answers) =>
      answers.map(({ prompt, response }) => {
        const known = prompt === undefined ? undefined : references.get(prompt.trim());
        return known === undefined || response === undefined ? null : score(response, known);
      }),
  };
}

/** References by trimmed prompt. @throws UserError where the file cannot be read */
export async function readReferences(path: string): Promise<Map<string, string[]>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UserError(`The references ${path} cannot be read: ${messageOf(error)}.`);
  }
  const found = new Map<string, string[]>();
  for (const [at, row] of rows(text, path)) {
    const { prompt, reference, references } = row as Record<string, unknown>;
    const list = Array.isArray(references) ? references : [reference];
    if (typeof prompt !== 'string' || list.length === 0 || !list.every((r) => typeof r === 'string'))
      throw new UserError(`${path}:${at}: needs 'prompt' and 'reference' (or 'references'), all texts.`);
    found.set(prompt.trim(), [...(found.get(prompt.trim()) ?? []), ...list]);
  }
  if (found.size === 0) throw new UserError(`${path} holds no references.`);
  return found;
}

/** JSON lines, or one JSON list; with the number of each. */
function rows(text: string, path: string): [number, unknown][] {
  const parse = (json: string, at: number): unknown => {
    try {
      const value: unknown = JSON.parse(json);
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // said below
    }
    throw new UserError(`${path}:${at}: is no JSON object with 'prompt' and 'reference'.`);
  };
  if (text.trimStart().startsWith('['))
    return (parse(text, 1) as unknown[]).map((row, i) => [i + 1, row ?? {}]);
  return text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [[i + 1, parse(line, i + 1)] as [number, unknown]]));
}
