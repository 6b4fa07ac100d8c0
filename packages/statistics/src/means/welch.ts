import type { Undecided } from '../result.ts';
import { undecided } from '../result.ts';
import type { MeanEstimate } from './estimate.ts';
import { isConstant, moments } from './moments.ts';

/**
 * The difference of the means of two independent samples of unequal variance.
 *
 * Source: Welch, Biometrika 34 (1947) 28-35, with Satterthwaite's degrees of freedom.
 */
export function welch(candidate: ArrayLike<number>, baseline: ArrayLike<number>): MeanEstimate | Undecided {
  if (candidate.length < 2 || baseline.length < 2) {
    return undecided(
      'too-few-items',
      `${candidate.length} and ${baseline.length} items; each side needs two`,
    );
  }
  const a = moments(candidate);
  const b = moments(baseline);
  if (!Number.isFinite(a.squares + b.squares))
    return undecided('not-finite', 'a value is not a finite number');
  if (isConstant(a) && isConstant(b)) return undecided('no-spread', 'neither side varies');
  const va = a.squares / (a.n - 1) / a.n;
  const vb = b.squares / (b.n - 1) / b.n;
  return {
    kind: 'estimate',
    estimate: a.mean - b.mean,
    standardError: Math.sqrt(va + vb),
    degreesOfFreedom: (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1)),
  };
}
