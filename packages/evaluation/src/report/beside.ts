import type { Interval } from '@sluice/statistics';
import * as z from 'zod/mini';
import { decide } from '../gates/decide.ts';
import { type GatesDocument, gatesDocument } from '../gates/document.ts';
import { findSeries, nameOf } from '../results/metric-name.ts';
import type { Results } from '../results/results.ts';

/** One metric of a variant, beside the candidate's. */
export interface BesideMetric {
  readonly metric: string;
  readonly figure: number | null;
  /** Variant minus candidate, item by item where the items pair. */
  readonly difference: number | null;
  readonly interval: Interval | null;
  /** Why there is no interval; empty where there is one. */
  readonly why: string;
}

/** A variant beside the candidate. It is shown, and decides nothing. */
export interface BesideCandidate {
  readonly name: string;
  readonly metrics: readonly BesideMetric[];
}

const ALPHA = 0.05;

/**
 * The metrics of the gates, of each variant beside the candidate. All intervals together hold with a confidence of 90 % (Bonferroni):
 * whoever looks for the best of many finds one by chance too.
 */
export async function besideCandidate(
  gates: GatesDocument,
  candidate: Results,
  variants: readonly { readonly name: string; readonly results: Results }[],
): Promise<BesideCandidate[]> {
  const metrics = [
    ...new Set(
      gates.gates.flatMap(({ metric }) => {
        const found = findSeries(candidate, metric);
        return found ? [nameOf(found.series)] : [];
      }),
    ),
  ];
  const confidence = 1 - ALPHA / Math.max(1, metrics.length * variants.length);
  const asked = (metric: string): GatesDocument => ({
    ...z.parse(gatesDocument, {
      prompts: 'may-differ',
      confidence,
      gates: [{ metric, 'not-worse-than': 'baseline', margin: 1, better: 'higher' }],
    }),
    dataset: gates.dataset,
    missing: gates.missing,
    cluster: gates.cluster,
  });
  return Promise.all(
    variants.map(async ({ name, results }) => ({
      name,
      metrics: await Promise.all(
        metrics.map(async (metric): Promise<BesideMetric> => {
          if (!findSeries(results, metric))
            return { metric, figure: null, difference: null, interval: null, why: `it has no ${metric}` };
          const { gates: told } = await decide({
            document: asked(metric),
            candidate: results,
            baseline: candidate,
          });
          const { candidate: figure, estimate, interval, reason } = told[0] as (typeof told)[number];
          return { metric, figure, difference: estimate, interval, why: interval ? '' : reason };
        }),
      ),
    })),
  );
}
