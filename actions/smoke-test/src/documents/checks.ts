import { UserError } from '@sluice/contract';
import * as z from 'zod/mini';

const texts = z.union([z.string(), z.array(z.string())]);

/** What answers must hold. */
export const answerChecks = z.array(
  z.strictObject({
    name: z.optional(z.string()),
    prompt: z.string().check(z.minLength(1)),
    system: z.optional(z.string()),
    /** A text, or several of which one is enough; upper and lower case count alike. */
    contains: z.optional(texts),
    /** Texts that must not occur. */
    'not-contains': z.optional(texts),
    /** A regular expression (JavaScript, Unicode). */
    matches: z.optional(z.string()),
    /** The answer must be JSON, in a fenced block or bare. */
    json: z.optional(z.boolean()),
    'max-tokens': z.optional(z.int().check(z.minimum(1))),
  }),
);
export type AnswerCheck = z.output<typeof answerChecks>[number];

/** @throws UserError for a check that asks for nothing, or a broken expression. */
export function assertChecks(checks: readonly AnswerCheck[], source: string): void {
  for (const [i, check] of checks.entries()) {
    const name = `${source}: check ${i + 1} ('${nameOf(check)}')`;
    if (
      check.contains === undefined &&
      check['not-contains'] === undefined &&
      check.matches === undefined &&
      !check.json
    )
      throw new UserError(`${name} asks for nothing; allowed: contains, not-contains, matches, json`);
    if (check.matches !== undefined) expression(check.matches, name);
  }
}

export const nameOf = (check: AnswerCheck): string => check.name ?? check.prompt.slice(0, 40).toWellFormed();

/** Why an answer does not hold what it must; undefined where it does. */
export function shortfall(check: AnswerCheck, answer: string): string | undefined {
  const has = (part: string) => answer.toLowerCase().includes(part.toLowerCase());
  const wanted = [check.contains ?? []].flat();
  if (check.contains !== undefined && !wanted.some(has)) return `holds none of: ${wanted.join(', ')}`;
  const found = [check['not-contains'] ?? []].flat().find(has);
  if (found !== undefined) return `holds '${found}'`;
  if (check.matches !== undefined && !expression(check.matches, nameOf(check)).test(answer))
    return `does not match ${check.matches}`;
  return check.json && !isJson(answer) ? 'is not JSON' : undefined;
}

function expression(pattern: string, name: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new UserError(`${name}: ${(error as Error).message}`);
  }
}

function isJson(text: string): boolean {
  const inner = /^\s*```(?:json)?\s*\n([\s\S]*?)\n\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    JSON.parse(inner);
    return true;
  } catch {
    return false;
  }
}
