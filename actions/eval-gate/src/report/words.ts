import type { GateOutcome, GateSpec } from '@sluice/evaluation';
import { formatNumber, type Span, type State } from '@sluice/report';

export const STATES: Readonly<Record<GateOutcome['decision'], State>> = {
  approve: 'pass',
  reject: 'fail',
  undecided: 'undecided',
};

/** A decision as a badge. */
export const badge = (decision: GateOutcome['decision']): readonly Span[] => [
  { state: STATES[decision], text: decision },
];

/** Files without tasks hold one task, `all`: its name says nothing. */
export const metricName = (metric: string): string => metric.replace(/^all\//, '');

/** Words of a metric's name whose figure is no share of anything, however small it is. */
const NO_SHARE =
  /(^|[^a-z])(loss|perplexity|ppl|mse|mae|rmse|latency|ttft|tpot|itl|seconds|runtime|time|ms|s|gb|mb|bytes|cost|tokens|length|len)([^a-z]|$)/;

/** Whether figures of a metric are said in percent. */
export const isShare = (metric: string, ...values: readonly (number | null)[]): boolean =>
  !NO_SHARE.test(metric.toLowerCase()) && values.every((value) => value !== null && value >= 0 && value <= 1);

/** `73.8 %`. */
export const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** A figure as people say it: a share in percent, anything else as it is. */
export const said = (value: number, share: boolean): string => (share ? percent(value) : formatNumber(value));

/** A gate in few words, for a row of a drawing: its metric, what is asked of it where that is needed, its slice. */
export function shortName({ metric, slice }: GateOutcome, spec: GateSpec | undefined): string {
  const name = metricName(metric);
  if (slice !== null) return `${name} · ${slice}`;
  if (!spec) return name;
  const rule = (['better-than', 'equivalent-to', 'not-worse-than'] as const).find(
    (r) => spec[r] !== undefined,
  );
  return rule === undefined ? name : `${name}, ${rule.replace(/-(than|to)$/, '').replaceAll('-', ' ')}`;
}
