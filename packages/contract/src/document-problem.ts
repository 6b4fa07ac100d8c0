import type * as z from 'zod/mini';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodIssue;

/** What zod's small build says of every problem that a schema has no words for. */
const NO_WORDS = 'Invalid input';

/** One problem of a document in words: what was given and what is allowed. */
export function documentProblem(issue: Issue, given: unknown): string {
  if (issue.message !== '' && issue.message !== NO_WORDS) return issue.message;
  const allowed = allowedBy(issue);
  const subject = issue.path.length === 0 ? 'the document ' : '';
  if (given === undefined) return `${subject}is missing; allowed: ${allowed}`;
  const near =
    issue.code === 'invalid_value' && typeof given === 'string'
      ? nearest(given, issue.values.filter((value) => typeof value === 'string') as string[])
      : undefined;
  return `${subject}is ${shown(given)}${near ? `: did you mean '${near}'?` : ''}; allowed: ${allowed}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a finite number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function allowedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return KINDS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values
        .map((value) => (typeof value === 'string' ? `'${value}'` : String(value)))
        .join(', ');
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'above' : 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'under' : 'at most', issue.maximum);
    case 'invalid_format':
      return issue.pattern ? `a text of the form ${issue.pattern}` : `a text of the form ${issue.format}`;
    case 'invalid_union':
      return [...new Set(issue.errors.flatMap((branch) => branch.slice(0, 1).map(allowedBy)))].join(', or ');
    default:
      return 'what the schema says';
  }
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'string')
    return limit === 1 ? 'a text that is not empty' : `${relation} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `a list of ${relation} ${limit}`;
  return `a number ${relation.startsWith('at') ? 'of ' : ''}${relation} ${limit}`;
}

function shown(given: unknown): string {
  if (given === null) return 'empty';
  if (Array.isArray(given)) return 'a list';
  if (typeof given === 'object') return 'a map';
  if (typeof given !== 'string') return String(given);
  const text = given.length > 60 ? `${given.slice(0, 60)}…` : given;
  return given === '' ? 'an empty text' : `the text '${text}'`;
}
