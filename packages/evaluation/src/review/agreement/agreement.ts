import {
  alphaInterval,
  cohenKappa,
  Generator,
  type Interval,
  type KappaWeights,
  kappaInterval,
  krippendorffAlpha,
} from '@sluice/statistics';

/** How two or more agree, beyond chance. */
export interface Agreement {
  /** Its name in a report. */
  readonly measure: string;
  /** Null where it is undefined; `because` says why. */
  readonly value: number | null;
  readonly interval: Interval | null;
  /** Share of the things judged of which all say exactly the same. */
  readonly same: number | null;
  /** Things judged by two at least. */
  readonly n: number;
  readonly because: string | null;
}

const RESAMPLES = 2000;
const SEED = 0;

/** Ratings of things, things x raters; null: not rated. */
export type Units = readonly (readonly (number | null)[])[];

/**
 * Two raters: Cohen's kappa, with quadratic weights where the categories are ordered. More: Krippendorff's alpha, nominal
 * or ordinal.
 *
 * @param categories all values that a rating may have, in their order
 * @param confidence of the interval, two-sided
 */
export function agreementOf(
  units: Units,
  categories: readonly number[],
  ordered: boolean,
  confidence: number,
): Agreement {
  const whole = units
    .map((unit) => unit.filter((rating) => rating !== null))
    .filter((unit) => unit.length >= 2);
  const n = whole.length;
  const same = n === 0 ? null : whole.filter((unit) => unit.every((r) => r === unit[0])).length / n;
  const raters = Math.max(0, ...units.map((unit) => unit.length));
  return {
    same,
    n,
    ...(raters > 2 ? byAlpha(units, ordered, confidence) : byKappa(whole, categories, ordered, confidence)),
  };
}

type Measured = Pick<Agreement, 'measure' | 'value' | 'interval' | 'because'>;

function byKappa(
  whole: readonly (readonly number[])[],
  categories: readonly number[],
  ordered: boolean,
  confidence: number,
): Measured {
  const weights: KappaWeights = ordered ? 'quadratic' : 'none';
  const measure = ordered ? "Cohen's kappa, quadratic weights" : "Cohen's kappa";
  const table = categories.map((one) =>
    categories.map((other) => whole.filter(([a, b]) => a === one && b === other).length),
  );
  const kappa = cohenKappa(table, weights);
  if (kappa.kind === 'undecided') return { measure, value: null, interval: null, because: kappa.message };
  return { measure, value: kappa.kappa, interval: kappaInterval(kappa, confidence), because: null };
}

function byAlpha(units: Units, ordered: boolean, confidence: number): Measured {
  const metric = ordered ? 'ordinal' : 'nominal';
  const measure = `Krippendorff's alpha, ${metric}`;
  const alpha = krippendorffAlpha(units, metric);
  if (alpha.kind === 'undecided') return { measure, value: null, interval: null, because: alpha.message };
  const interval = alphaInterval(units, metric, {
    confidence,
    resamples: RESAMPLES,
    random: Generator.fromSeed(SEED),
  });
  return {
    measure,
    value: alpha.alpha,
    interval: 'kind' in interval ? null : interval,
    because: 'kind' in interval ? interval.message : null,
  };
}
