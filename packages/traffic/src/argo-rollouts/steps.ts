/** A step of Argo's canary strategy, as far as it is written here. */
export interface CanaryStep {
  readonly setWeight?: number;
  readonly setCanaryScale?: { readonly replicas: number };
  readonly pause?: { readonly duration?: string | number };
}

/**
 * The steps between rollouts: a version that comes next is brought up once, and nobody is sent to it. Without them Argo would
 * take a new image through the last rollout's steps by itself.
 */
export const RESTING: readonly CanaryStep[] = [
  { setCanaryScale: { replicas: 1 } },
  { setWeight: 0 },
  { pause: {} },
];

export interface Standing {
  /** The weight that users are sent by now. */
  readonly from: number;
  /** The largest weight. */
  readonly whole: number;
  /** Pods of the whole. */
  readonly replicas: number;
}

/**
 * Steps that end at a weight and stay there. Argo goes through new steps from the first one on: that is the weight that holds
 * now, so that nobody is moved back and forth, then enough Pods, then the weight. On the way down the weight comes first.
 */
export function stepsTo(weight: number, { from, whole, replicas }: Standing): readonly CanaryStep[] {
  if (weight === 0) return RESTING;
  if (weight <= from) return [{ setWeight: weight }, { pause: {} }];
  return [
    // before the first weight there is none to keep, and Argo sends nobody until the Pods are there
    ...(from > 0 ? [{ setWeight: from }] : []),
    { setCanaryScale: { replicas: Math.max(1, Math.ceil((replicas * weight) / whole)) } },
    { setWeight: weight },
    { pause: {} },
  ];
}

/** The weight that steps end at. */
export function lastWeight(steps: readonly CanaryStep[]): number | undefined {
  return steps.findLast(({ setWeight }) => setWeight !== undefined)?.setWeight;
}
