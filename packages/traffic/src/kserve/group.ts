import { type Percent, quote, UserError } from '@sluice/contract';
import type { Condition, KubernetesObject } from '@sluice/kubernetes';
import type { Slot } from '../router.ts';

/** @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/apis/serving/v1alpha2/llm_inference_service_types.go */
export interface LlmService extends KubernetesObject {
  readonly spec: {
    readonly model?: { readonly uri?: string; readonly name?: string };
    readonly baseRefs?: readonly object[];
    readonly router?: { readonly route?: { readonly group?: string; readonly weight?: number } };
  };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly router?: {
      readonly group?: {
        readonly members?: readonly { readonly name: string; readonly weight: number }[];
      };
    };
  };
}

/** The weights of both objects. Users are shared out by weight / sum, and by nothing where both are 0. */
export type Weights = Readonly<Record<Slot, number>>;

/**
 * What the object of slot `canary` weighs as long as it has users. Every share of 1 to 100 % is then the other weight alone (kept to a
 * hundredth of a percent, within the 1,000,000 that the API allows), and that one lies in the object with the state: one write.
 */
const CANARY = 10_000;
/** What the object of slot `stable` weighs where it has everybody. */
const STABLE = 10_000;

/** Share of slot `canary`, in percent. */
export function shareOf({ stable, canary }: Weights): Percent {
  const both = stable + canary;
  return both === 0 ? 0 : Math.round((canary / both) * 10_000) / 100;
}

/** The weights for a share of slot `canary`. @throws UserError for one between 0 and 1 % */
export function weightsFor(percent: Percent): Weights {
  if (percent === 0) return { stable: STABLE, canary: 0 };
  if (percent < 1)
    throw new UserError(
      `A group of LLMInferenceServices keeps shares of 1 % and more of the object of slot canary, or 0; ${quote(String(percent))} % is none. Choose other shares in the plan (and the holdback 0 or from 1 % on).`,
    );
  return { stable: Math.round((CANARY * (100 - percent)) / percent), canary: CANARY };
}

/** A write of one weight. `state`: that of the rollout is written with it. */
export interface Write {
  readonly slot: Slot;
  readonly weight: number;
  readonly state: boolean;
}

/**
 * The writes that lead to a share, in an order in which the candidate never has more than the state says, and somebody always has the
 * users. A write of the other object that favours the candidate comes after the state, which lies in the object of slot `stable`; one
 * that does not comes before it.
 * @param live the slot that is not the candidate's
 */
export function writesTo(percent: Percent, now: Weights, live: Slot): readonly Write[] {
  const wanted = weightsFor(percent);
  const own = (weight: number, state: boolean): Write => ({ slot: 'stable', weight, state });
  const other: Write = { slot: 'canary', weight: wanted.canary, state: false };
  const more = wanted.canary - now.canary;
  if (live === 'stable' ? more > 0 : more < 0)
    return wanted.stable === 0 && now.canary === 0
      ? [own(now.stable, true), other, own(0, false)]
      : [own(wanted.stable, true), other];
  const share = shareOf(now);
  const grows = live === 'stable' ? percent > share : percent < share;
  if (more === 0 && grows) return [own(wanted.stable, true)];
  // written even where it is the same: a step that was frozen before its own write of it is refused then
  const held = wanted.canary === 0 && now.stable === 0 ? [own(wanted.stable, false)] : [];
  return [...held, other, own(wanted.stable, true)];
}

/** @throws UserError where the two would not share users */
export function checkGroup(stable: LlmService, canary: LlmService | undefined): void {
  const group = groupOf(stable);
  const { name } = stable.metadata;
  if (group === undefined || weightOf(stable) === undefined)
    throw new UserError(
      `LLMInferenceService ${name} is in no routing group: give both objects the same spec.router.route.group, and a weight each (the new one 0).`,
    );
  if (!canary) return;
  if (groupOf(canary) !== group || weightOf(canary) === undefined)
    throw new UserError(
      `LLMInferenceService ${canary.metadata.name} is ${groupOf(canary) === undefined ? 'in no routing group' : `in the group ${quote(String(groupOf(canary)))}`}, and ${name} in ${quote(group)}: give both the same spec.router.route.group, and a weight each.`,
    );
  const [one, two] = [stable, canary].map(({ spec, metadata }) => spec.model?.name ?? metadata.name);
  const merged = stable.spec.baseRefs !== undefined || canary.spec.baseRefs !== undefined;
  if (!merged && one !== two)
    throw new UserError(
      `LLMInferenceService ${name} serves the model ${quote(String(one))} and ${canary.metadata.name} ${quote(String(two))}: KServe splits between members of one model name only. Give both the same spec.model.name.`,
    );
}

export const groupOf = ({ spec }: LlmService): string | undefined => spec.router?.route?.group;
export const weightOf = ({ spec }: LlmService): number | undefined => spec.router?.route?.weight;

/** Whether KServe has seen the weights as they are; what it says nothing of has nothing to wait for. */
export function takenUp(service: LlmService, named: Readonly<Record<string, number>>): boolean {
  const members = service.status?.router?.group?.members ?? [];
  return members.every(({ name, weight }) => (named[name] ?? weight) === weight);
}

/** What keeps the group from splitting as it is written, by what KServe says of a member. */
export function troubles(service: LlmService, names: readonly string[]): string[] {
  const { name, annotations } = service.metadata;
  const members = service.status?.router?.group?.members;
  const said = (service.status?.conditions ?? [])
    .filter(({ type, status }) =>
      type === 'GroupDegraded' ? status === 'True' : /^(Ready|GroupReady)$/.test(type) && status !== 'True',
    )
    .map(({ type, status, reason, message }) =>
      `KServe says ${type}=${status} of ${name}: ${reason ?? ''} ${message ?? ''}`.trim(),
    );
  return [
    ...(annotations?.['serving.kserve.io/stop'] === 'true'
      ? [`${name} is stopped (serving.kserve.io/stop)`]
      : []),
    ...said,
    ...(members
      ? names
          .filter((one) => !members.some((member) => member.name === one))
          .map((one) => `${one} is not in the routes of ${name} yet: KServe adds it when it is ready`)
      : []),
  ];
}
