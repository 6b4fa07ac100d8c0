import type { GateSpec } from './document.ts';
import type { Evidence } from './evidence.ts';
import { figure } from './words.ts';

/** So many times the other side's scores: a model that is that much better has not been seen, percents beside shares have. */
const TIMES = 20;

/**
 * Why the scores of two sides look as if one were in percent and the other a share of 1; null where they do not. The difference of
 * such figures is no difference of the models.
 */
export function otherScale(candidate: Float64Array, baseline: Float64Array): string | null {
  const [mine, theirs] = [rangeOf(candidate), rangeOf(baseline)];
  const percent = (a: Range, b: Range): boolean =>
    a.least >= 0 &&
    a.most > 1 &&
    a.most <= 100 &&
    b.least >= 0 &&
    b.most <= 1 &&
    b.mean > 0 &&
    a.mean > TIMES * b.mean;
  const told = ({ least, most }: Range): string => `${least} to ${most}`;
  return percent(mine, theirs) || percent(theirs, mine)
    ? `the candidate's scores go from ${told(mine)} and the baseline's from ${told(theirs)}: one is in percent, the other is not`
    : null;
}

/** A warning where a bound looks like a share and the figure that keeps to it like percents. */
export function boundsOfOtherScale(gates: readonly GateSpec[], evidence: readonly Evidence[]): string[] {
  return evidence.flatMap(({ gate, name, candidate }) => {
    const bound = gates[gate]?.['at-least'];
    if (bound === undefined || candidate === null || !(bound > 0 && bound < 1)) return [];
    if (!(candidate > 1 && candidate <= 100 && candidate > TIMES * bound)) return [];
    return [
      `${name}: the figure is ${figure(candidate)}; a bound of ${bound} for a figure in percent is ${figure(100 * bound)}`,
    ];
  });
}

/** A warning where a margin looks like percentage points and the figures like shares of 1: no share can be worse by that much. */
export function marginsOfOtherScale(gates: readonly GateSpec[], evidence: readonly Evidence[]): string[] {
  const sentences = evidence.flatMap(({ gate, candidate, baseline }) => {
    const margin = gates[gate]?.margin;
    if (margin === undefined || margin < 1 || candidate === null || baseline === null) return [];
    if (![candidate, baseline].every((value) => value >= 0 && value <= 1)) return [];
    return [
      `${gates[gate]?.metric}: a margin of ${margin} is as much as a share can differ at all, so nothing is asked; ${margin} percentage points of a share are ${margin / 100}`,
    ];
  });
  return [...new Set(sentences)];
}

interface Range {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
}

function rangeOf(values: Float64Array): Range {
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
    sum += value;
  }
  return { least, most, mean: sum / values.length };
}
