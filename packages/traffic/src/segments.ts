import { quote, UserError } from '@sluice/contract';
import type { Segments } from './router.ts';

/** A header's name, and a value as it is compared: in small letters, without anything that a socket command, a map or a pattern could take for more. */
export const HEADER = /^[a-z][a-z0-9-]{0,63}$/;
const VALUE = /^[a-z0-9][a-z0-9._@:/+-]{0,127}$/;

/** Segments in small letters, each value once and in order. @throws UserError for what not every router could be told */
export function plainSegments(segments: Segments): Segments {
  const plain: Record<string, readonly string[]> = {};
  for (const [name, values] of Object.entries(segments)) {
    const header = name.toLowerCase();
    const lower = [...new Set(values.map((value) => value.toLowerCase()))].sort();
    const wrong = [...(HEADER.test(header) ? [] : [name]), ...lower.filter((value) => !VALUE.test(value))][0];
    if (wrong !== undefined || lower.length === 0)
      throw new UserError(
        `segments: ${wrong === undefined ? `${name} has no value` : `${quote(wrong)} is no header or value that a router can be told`}. Allowed: letters, digits and ._@:/+- (headers: letters, digits and -).`,
      );
    plain[header] = lower;
  }
  return plain;
}

/**
 * A pattern that one of the values matches as a whole, in whatever case. The words are those that RE2, PCRE and Go have in common;
 * the ends are there for gateways that look for a pattern anywhere in a value.
 * @param values as {@link plainSegments} gives them
 */
export function patternOf(values: readonly string[]): string {
  return `(?i)^(?:${values.map((value) => value.replace(/[.+]/g, '\\$&')).join('|')})$`;
}

/** The values that {@link patternOf} was given; undefined for any other pattern. */
export function valuesIn(pattern: string): readonly string[] | undefined {
  const [, list] = /^\(\?i\)\^\(\?:((?:[a-z0-9_@:/|-]|\\[.+])+)\)\$$/.exec(pattern) ?? [];
  return list?.split('|').map((value) => value.replaceAll('\\', ''));
}
