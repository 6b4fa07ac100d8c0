import type { KubernetesObject, Resource } from '@sluice/kubernetes';
import type { Router, RouterOptions } from '../router.ts';
import { openObject, type Split } from './object-router.ts';
import { backendsOf, type Narrowing, type RuleKind, shareIn, withShare } from './rule-kind.ts';
import { SegmentRules } from './segment-rules.ts';
import { type Slots, slotsIn } from './slots.ts';
import { type ObjectTarget, parseObjectTarget } from './target.ts';

/** What a target may say of which backends and rule are meant. */
type Asked<K extends string> = ObjectTarget<K | 'stable' | 'canary' | 'rule'>['options'];

/** A router whose object holds rules with weights. */
export interface RuleRouter<T extends KubernetesObject, R extends object, K extends string>
  extends Pick<Split<T>, 'kind' | 'can' | 'takenUp' | 'notes' | 'refused' | 'withoutServices'> {
  /** The kinds of objects that a target may name. */
  readonly kinds: readonly string[];
  readonly apiVersion: string;
  /** What a target may say behind `?`, besides the two backends. */
  readonly keys: readonly K[];
  readonly rules: RuleKind<T, R>;
  /** @throws UserError where an object cannot be steered for a reason of its kind */
  check?(object: T, slots: Slots): void;
  /** Where rules can be for some users alone. */
  narrowing?(asked: Asked<K>): Narrowing<R>;
}

/** Opens the object that a target names as a router. @throws UserError, SystemError */
export async function openRules<T extends KubernetesObject, R extends object, K extends string = never>(
  router: RuleRouter<T, R, K>,
  options: RouterOptions,
): Promise<Router> {
  const { kinds, apiVersion, keys, rules, check, narrowing, ...split } = router;
  const target = parseObjectTarget(options.target, kinds, ['stable', 'canary', ...keys] as const);
  const { kind } = target;
  const asked = target.options as Asked<K>;
  const resource: Resource = { apiVersion, kind, plural: `${kind.toLowerCase()}s`, namespaced: true };
  const how = narrowing?.(asked);
  return await openObject<T>(options, target, resource, (object) => {
    const slots = slotsIn(object.metadata.name, backendsOf(rules, object), asked, options);
    check?.(object, slots);
    const steered = { slots, rule: asked.rule };
    if (how) {
      const segments = new SegmentRules(rules, how, steered);
      return {
        ...split,
        slots,
        share: (now) => segments.share(now),
        moved: (now, points) => segments.moved(now, points),
        segments,
      };
    }
    return {
      ...split,
      slots,
      share: (now) => shareIn(rules, now, steered),
      moved: (now, points) => {
        const changed = withShare(rules, now, points, steered);
        return changed && rules.patch(changed);
      },
    };
  });
}
