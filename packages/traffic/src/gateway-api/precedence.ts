import { valuesIn } from '../segments.ts';
import type { Match, Rule, ValueMatch } from './route.ts';

/** A rule that would lose users, and the one whose new rule would take them, by their places. */
export interface Lost {
  readonly rule: number;
  readonly to: number;
}

/**
 * A gateway does not go by the order of rules but takes the most specific match: the path, then the method, then the number of
 * headers, then of query parameters, and only then the order. A rule for a segment asks for more headers than the one it was made
 * from, so it could take requests that went to a third rule until now.
 * @param parts what each rule was narrowed to; undefined: nothing
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule
 */
export function lostUsers(rules: readonly Rule[], parts: readonly (Rule | undefined)[]): Lost | undefined {
  for (const [to, part] of parts.entries()) {
    if (!part) continue;
    const before = matchesOf(rules[to] ?? {});
    for (const [other, rule] of rules.entries()) {
      if (other === to) continue;
      const old = matchesOf(rule);
      // of a rule that is narrowed too, its own part meets the users of the segments
      const now = parts[other] ? matchesOf(parts[other]) : old;
      const loses = matchesOf(part).some((taker) =>
        now.some(
          (loser) =>
            meet(taker, loser) &&
            first(taker, loser, to < other) &&
            old.some(
              (was) =>
                meet(was, loser) && before.some((own) => meet(own, taker) && first(was, own, other < to)),
            ),
        ),
      );
      if (loses) return { rule: other, to };
    }
  }
  return undefined;
}

const matchesOf = ({ matches }: Rule): readonly Match[] => (matches?.length ? matches : [{}]);

/** Whether the first of two matches with paths alike is taken before the other. */
function first(a: Match, b: Match, earlier: boolean): boolean {
  const ranks = [a, b].map(({ method, headers, queryParams }) => [
    typeof method === 'string' ? 1 : 0,
    headers?.length ?? 0,
    queryParams?.length ?? 0,
  ]) as [number[], number[]];
  for (const [i, rank] of ranks[0].entries()) {
    const other = ranks[1][i] as number;
    if (rank !== other) return rank > other;
  }
  return earlier;
}

/** Whether a request may be meant by both, and their paths leave open which of them is taken. */
function meet(a: Match, b: Match): boolean {
  return (
    samePlace(a, b) &&
    (typeof a.method !== 'string' || typeof b.method !== 'string' || a.method === b.method) &&
    together(a.headers, b.headers, (name) => name.toLowerCase()) &&
    together(a.queryParams, b.queryParams, (name) => name)
  );
}

/** Paths, or a service's methods, that are equally specific and have a request in common; patterns may always have one. */
function samePlace(a: Match, b: Match): boolean {
  const [one, other] = [placeOf(a), placeOf(b)];
  return one.type === other.type && (one.type === 'RegularExpression' || one.value === other.value);
}

function placeOf({ path, method }: Match): { readonly type: string; readonly value: string } {
  if (typeof method === 'object')
    return { type: method.type ?? 'Exact', value: `${method.service ?? ''}/${method.method ?? ''}` };
  const type = path?.type ?? 'PathPrefix';
  const value = path?.value ?? '/';
  return { type, value: type === 'PathPrefix' ? value.replace(/\/+$/, '') : value };
}

/** Whether values can be as both ask for: not where they name two of the same. */
function together(
  some: readonly ValueMatch[] = [],
  others: readonly ValueMatch[] = [],
  key: (name: string) => string,
): boolean {
  return some.every((one) =>
    others.every(
      (other) => key(one.name) !== key(other.name) || one.value === other.value || overlap(one, other),
    ),
  );
}

/** Of two that differ; what a pattern of somebody else's means is not known. */
function overlap(one: ValueMatch, other: ValueMatch): boolean {
  const isPattern = ({ type }: ValueMatch) => type === 'RegularExpression';
  if (!isPattern(one) && !isPattern(other)) return false;
  const [values, more] = [one, other].map((match) =>
    isPattern(match) ? valuesIn(match.value) : [match.value.toLowerCase()],
  );
  return !values || !more || values.some((value) => more.includes(value));
}
