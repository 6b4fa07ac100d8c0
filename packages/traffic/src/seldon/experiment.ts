import { nearest, quote, UserError } from '@sluice/contract';
import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import type { RuleKind } from '../kubernetes/rule-kind.ts';
import type { Slots } from '../kubernetes/slots.ts';

/** A model or a pipeline; requests are shared out by `weight` / sum of all weights. */
export interface Candidate {
  readonly name: string;
  readonly weight: number;
}

/** @see https://docs.seldon.ai/seldon-core-2/resources/experiment */
export interface Experiment extends KubernetesObject {
  readonly spec: {
    readonly candidates?: readonly Candidate[];
  };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** All candidates of an Experiment: it has one split alone. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
}

export const candidateRules: RuleKind<Experiment, Candidates> = {
  rulesIn: ({ spec }) => [{ candidates: spec.candidates ?? [] }],
  patch: ([split]) => ({ spec: { candidates: split?.candidates ?? [] } }),
  plain: ({ candidates }) => ({ backends: candidates }),
  weighted: ({ candidates }, weights) => ({
    candidates: candidates.map((one) => ({ ...one, weight: weights[one.name] ?? one.weight })),
  }),
};

/** @throws UserError where the split is none of two candidates */
export function checkExperiment({ metadata, spec }: Experiment, slots: Slots): void {
  const of = `Experiment ${metadata.name}`;
  const candidates = spec.candidates ?? [];
  const names = candidates.map(({ name }) => name);
  for (const name of [slots.stable, slots.canary])
    if (!names.includes(name)) {
      const near = nearest(name, names);
      throw new UserError(
        `${of} has no candidate ${quote(name)}.${near ? ` Did you mean ${near}?` : ''} It has: ${names.join(', ') || 'none'}. Both versions must be in spec.candidates, the new one with weight 0.`,
      );
    }
  for (const { name, weight } of candidates) {
    if (weight < 0) throw new UserError(`${of}: the weight of ${name} is ${weight}; 0 or more is needed.`);
    if (weight > 0 && name !== slots.stable && name !== slots.canary)
      throw new UserError(
        `${of} sends requests to ${name} as well; a share of two is needed. Set its weight to 0.`,
      );
  }
  if (candidates.every(({ weight }) => weight === 0))
    throw new UserError(
      `${of} has no weight but 0, and Seldon's Envoy takes no such split: who is sent where cannot be said. Give ${slots.stable} a weight.`,
    );
}

/** What keeps the Experiment from working as it is written, by what Seldon says. */
export function troubles({ metadata, status }: Experiment): string[] {
  const { name } = metadata;
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0)
    return [`Seldon has said nothing of Experiment ${name} yet: nobody is known to follow its weights`];
  const bad = conditions.filter((condition) => condition.status !== 'True');
  // it sums the others up
  const causes = bad.length > 1 ? bad.filter(({ type }) => type !== 'Ready') : bad;
  return causes.map(({ type, status: now, reason = '', message = '' }) =>
    `Seldon says ${type}=${now} of Experiment ${name}: ${reason} ${message}`.trim(),
  );
}
