import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from '@sluice/contract';
import * as z from 'zod/mini';
import { languageOf } from './language.ts';
import type { Scorer } from './scorer.ts';

const text = z.string().check(z.minLength(1));
const characters = z.int().check(z.gte(0));

/** What every answer must be; one that fails a check scores 0, else 1. */
export const checks = z
  .strictObject({
    'not-empty': z._default(z.boolean(), true),
    /** The whole answer, or a fenced block that is all of it, is JSON. */
    json: z._default(z.boolean(), false),
    /** A regular expression (JavaScript, Unicode) that is found in the answer. */
    pattern: z.optional(text),
    /** One that is not. */
    'not-pattern': z.optional(text),
    'min-characters': z.optional(characters),
    'max-characters': z.optional(characters),
    /** The language that most of its letters are written in; `same`: that of the prompt. */
    language: z.optional(z.enum(['zh', 'ja', 'ko', 'en', 'ru', 'ar', 'same'])),
    /** Words that must not stand in an answer, whatever their case: a list, or a file with one a line (`#`: a comment). */
    forbidden: z.optional(z.union([text, z.array(text)])),
    /** The share of its text that is the repetition of one passage, percent; more is garbled. */
    'max-repetition': z.optional(z.number().check(z.gte(0), z.lte(100))),
  })
  .check(z.refine((given) => Object.keys(given).length > 0, 'needs at least one check'));

export type Checks = z.output<typeof checks>;

/** A scorer of checks. @throws UserError for a pattern that is none, or a list that cannot be read */
export async function checksScorer(name: string, spec: Checks): Promise<Scorer> {
  const forbidden = await words(spec.forbidden);
  const [pattern, not] = [regexOf(name, spec.pattern), regexOf(name, spec['not-pattern'])];
  const passes = (response: string, prompt: string | undefined): boolean | null => {
    const length = [...response].length;
    if (spec['not-empty'] && response.trim() === '') return false;
    if (spec.json && !isJson(response)) return false;
    if (pattern && !pattern.test(response)) return false;
    if (not?.test(response)) return false;
    if (length < (spec['min-characters'] ?? 0)) return false;
    if (length > (spec['max-characters'] ?? Number.POSITIVE_INFINITY)) return false;
    const lower = response.toLowerCase();
    if (forbidden.some((word) => lower.includes(word))) return false;
    if (repetition(response) * 100 > (spec['max-repetition'] ?? 100)) return false;
    if (spec.language === undefined) return true;
    const wanted =
      spec.language === 'same' ? (prompt === undefined ? undefined : languageOf(prompt)) : spec.language;
    const found = languageOf(response);
    return wanted === undefined || found === undefined
      ? spec.language === 'same'
        ? null
        : true
      : wanted === found;
  };
  return {
    name,
    score: async (answers) =>
      answers.map(({ response, prompt }) => {
        const passed = response === undefined ? null : passes(response, prompt);
        return passed === null ? null : Number(passed);
      }),
  };
}

async function words(given: Checks['forbidden']): Promise<string[]> {
  const list = typeof given === 'string' ? await lines(given) : (given ?? []);
  return list.map((word) => word.trim().toLowerCase()).filter((word) => word !== '' && !word.startsWith('#'));
}

async function lines(path: string): Promise<string[]> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/);
  } catch (error) {
    throw new UserError(
      `The list of forbidden words ${path} cannot be read: ${messageOf(error)}. Give a file with one word a line, or the words themselves.`,
    );
  }
}

function regexOf(name: string, pattern: string | undefined): RegExp | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(pattern, 'u');
  } catch (error) {
    throw new UserError(`The pattern of scorer '${name}' is no regular expression: ${messageOf(error)}.`);
  }
}

function isJson(response: string): boolean {
  const inside = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(response)?.[1] ?? response;
  try {
    JSON.parse(inside);
    return true;
  } catch {
    return false;
  }
}

/** Characters of a passage that is compared with what came before it. */
const PASSAGE = 12;

/** The share of its passages of 12 characters that stood in the text before, 0 to 1. */
export function repetition(response: string): number {
  const characters = [...response];
  const count = characters.length - PASSAGE + 1;
  if (count < 2) return 0;
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) seen.add(characters.slice(i, i + PASSAGE).join(''));
  return 1 - seen.size / count;
}
