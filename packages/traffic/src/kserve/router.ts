import { UserError } from '@sluice/contract';
import { connectKubernetes, type Kubernetes, type ObjectAt } from '@sluice/kubernetes';
import { RoutedObject } from '../kubernetes/routed-object.ts';
import { serviceOf } from '../kubernetes/slots.ts';
import { type ObjectTarget, parseObjectTarget } from '../kubernetes/target.ts';
import type { Router, RouterOptions } from '../router.ts';
import { checkGroup, groupOf, type LlmService, weightOf } from './group.ts';
import { GroupRouter } from './group-router.ts';
import { checkShared, type InferenceService } from './inference-service.ts';
import { InferenceServiceRouter } from './inference-service-router.ts';
import { KINDS, servedKind } from './served.ts';

export { can } from './inference-service-router.ts';

/**
 * KServe: an InferenceService on Knative, whose latest revision gets a share, or two LLMInferenceServices of one routing group.
 * Each request is drawn anew.
 * @throws UserError, SystemError
 */
export async function openKserve(options: RouterOptions): Promise<Router> {
  const target = parseObjectTarget(options.target, KINDS, ['canary']);
  const { namespace, name, kind } = target;
  const cluster = await connectKubernetes({ env: options.env ?? {}, context: target.options.context });
  const resource = await servedKind(cluster, kind, options.signal);
  const at = { resource, namespace, name };
  if (kind === 'LLMInferenceService') return await openGroup(options, cluster, at, target);
  if (target.options.canary !== undefined)
    throw new UserError(
      `target ${options.target} names a second object, but both versions of an InferenceService lie in one. Leave ?canary= out.`,
    );
  const object = new RoutedObject<InferenceService>(cluster, at);
  const now = await object.read(options.signal);
  checkShared(now);
  return new InferenceServiceRouter(options.target, object, options.timeout ?? 10_000, now);
}

async function openGroup(
  { target, canary, timeout = 5000, signal }: RouterOptions,
  cluster: Kubernetes,
  at: ObjectAt,
  { options: asked }: ObjectTarget<'canary'>,
): Promise<Router> {
  const object = new RoutedObject<LlmService>(cluster, at);
  const own = await object.read(signal);
  checkGroup(own, undefined);
  const listed = await cluster.list<LlmService>(at.resource, { namespace: at.namespace, signal });
  const members = listed.filter((one) => groupOf(one) === groupOf(own) && one.metadata.name !== at.name);
  const name = asked.canary ?? otherOf(at.name, members, serviceOf(canary));
  if (name === at.name)
    throw new UserError(`stable and canary are both LLMInferenceService ${name}; two objects are needed.`);
  const other = listed.find((one) => one.metadata.name === name);
  checkGroup(own, other);
  const third = members.find((one) => one.metadata.name !== name && (weightOf(one) ?? 0) > 0);
  if (third)
    throw new UserError(
      `The routing group ${groupOf(own)} sends users to ${third.metadata.name} as well; a share of two is needed. Set its weight to 0.`,
    );
  return new GroupRouter(target, object, { ...at, name }, timeout);
}

/** The object of slot `canary`, where the target does not name it. @throws UserError where that is not clear */
function otherOf(name: string, members: readonly LlmService[], given: string | undefined): string {
  const names = members.map(({ metadata }) => metadata.name);
  const [only, ...more] = names;
  const meant = names.find((one) => one === given) ?? (more.length === 0 ? only : undefined);
  if (meant !== undefined) return meant;
  throw new UserError(
    `Which LLMInferenceService beside ${name} is canary is not clear; its routing group has ${names.join(', ') || 'no other'}. Name it in the target: ?canary=<name>.`,
  );
}
