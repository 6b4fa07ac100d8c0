import { quote, UserError } from '@sluice/contract';
import type { Narrowing } from '../kubernetes/rule-kind.ts';
import type { Segments } from '../router.ts';
import { patternOf } from '../segments.ts';
import { lostUsers } from './precedence.ts';
import type { Match, Rule, ValueMatch } from './route.ts';

/** How a header's values are asked for: by a pattern in whatever case, or each as it is, which every gateway knows. */
export type Asking = 'pattern' | 'exact';

/** Most matches that a rule may have (Gateway API). */
const MOST = 64;

/** A rule for the users of segments: its matches, each with the headers besides. */
export function narrowing(asking: Asking): Narrowing<Rule> {
  return {
    narrowed(rule, segments) {
      const matches = (rule.matches?.length ? rule.matches : [{}]).flatMap((match) =>
        Object.entries(segments).reduce<readonly Match[]>(
          (all, [header, values]) => all.flatMap((one) => withHeader(one, header, values, asking)),
          [match],
        ),
      );
      if (matches.length > MOST)
        throw new UserError(
          `segments: as values of their own they take ${matches.length} matches in one rule, and a route may have ${MOST}. Give fewer values, or leave out ?segments=exact where the gateway knows patterns.`,
        );
      return matches.length === 0 ? undefined : { ...rule, matches };
    },
    named: (rule, name) => ({ ...rule, name }),
    check(of, rules, parts) {
      const lost = lostUsers(rules, parts);
      if (!lost) return;
      const shown = (i: number) => rules[i]?.name ?? `rule ${i + 1}`;
      throw new UserError(
        `segments: ${shown(lost.rule)} of ${of} would lose users to the one for the segments of ${shown(lost.to)}. A gateway takes the match with more headers first, wherever it stands. Let ${shown(lost.rule)} ask for another path or more headers, or give it other values of the same header.`,
      );
    },
  };
}

/** A match for one of these values too; none where it asks for another one already. */
function withHeader(
  match: Match,
  header: string,
  values: Segments[string],
  asking: Asking,
): readonly Match[] {
  const headers = match.headers ?? [];
  const pattern = patternOf(values);
  const asked = headers.find(({ name }) => name.toLowerCase() === header);
  if (asked) {
    if (asked.type !== 'RegularExpression') return values.includes(asked.value.toLowerCase()) ? [match] : [];
    if (asked.value === pattern) return [match];
    throw new UserError(
      `segments: a rule asks for header ${header} by the pattern ${quote(asked.value)}; whether the values of the segment are in it cannot be said. Steer that rule alone (?rule=<name>), without segments.`,
    );
  }
  const wanted: readonly ValueMatch[] =
    asking === 'pattern'
      ? [{ type: 'RegularExpression', name: header, value: pattern }]
      : values.map((value) => ({ type: 'Exact', name: header, value }));
  return wanted.map((one) => ({ ...match, headers: [...headers, one] }));
}
