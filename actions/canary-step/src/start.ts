import { readDocument, UserError, version } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { readTrustedKeys } from '@sluice/record';
import {
  type Candidate,
  checkGiven,
  openRollout,
  type Policy,
  parsePlan,
  parsePolicy,
  parseSegments,
  type RolloutState,
} from '@sluice/rollout';
import type { Store } from '@sluice/store';
import { allowUnprovenSchema } from './allow-unproven.ts';
import { definition } from './definition.ts';
import { metricSource, sourceParts } from './metrics.ts';
import { checkOnline, givenDigest } from './online/prepare.ts';
import { type Asked, type Proven, prove, unproven } from './proof.ts';
import type { In } from './scene.ts';

/** Whether this call brings what a rollout is started with; a scheduled tick brings its target alone. */
export function wantsToBegin(inputs: In, state: RolloutState): boolean {
  if (inputs.record ?? inputs.image ?? inputs['allow-unproven']) return true;
  return inputs['run-id'] !== undefined && inputs['run-id'] !== state.rollout?.runId;
}

/** What a tick is given besides its target must be what the rollout under way was started with. */
export async function checkLater(inputs: In, state: RolloutState, host: Host): Promise<void> {
  if (!openRollout(state)) return;
  const { plan, policy } = inputs;
  const source = await givenSource(inputs, openRollout(state)?.metricSource ?? '', host);
  const usual = definition.inputs;
  checkGiven(state, {
    ...(inputs.version ? { version: version.format(inputs.version) } : {}),
    ...(source === undefined ? {} : { metricSource: source }),
    ...(inputs.segments === undefined ? {} : { segments: parseSegments(inputs.segments) }),
    // a default is not given
    ...(plan === usual.plan.default ? {} : { plan: parsePlan(plan) }),
    ...('path' in policy && policy.path === usual.policy.default
      ? {}
      : { policy: await policyOf(inputs, host) }),
  });
}

/** The metric source that a later tick is given; what it is not given of it is as the state has it. */
async function givenSource(inputs: In, known: string, host: Host): Promise<string | undefined> {
  const { metrics, engine } = inputs;
  const online = await givenDigest(inputs, host);
  if ((metrics ?? online ?? engine) === undefined) return undefined;
  const before = sourceParts(known);
  return metricSource(metrics ?? before.metrics, host, { online: online ?? before.online, engine });
}

export async function policyOf({ policy }: In, host: Host): Promise<Policy> {
  if ('path' in policy && /^(classic|sequential)$/.test(policy.path)) return parsePolicy(policy.path);
  try {
    const { text, name } = await host.document(policy, { input: 'policy', decides: true });
    return parsePolicy(text, name);
  } catch (error) {
    // a word that is no file was meant as the name of a ready-made policy
    if (error instanceof UserError && 'path' in policy && /^\w+$/.test(policy.path)) parsePolicy(policy.path);
    throw error;
  }
}

/** The candidate that this call asks for, proven, or in one sentence why it may not start. */
export async function candidateOf(
  inputs: In,
  store: Store,
  host: Host,
): Promise<Candidate | { readonly refused: string }> {
  if (!inputs.metrics) {
    throw new UserError(
      "a rollout cannot be judged without figures: pass metrics (a Prometheus address, or the path of the gateway's JSON access log)",
    );
  }
  const plan = parsePlan(inputs.plan);
  const policy = await policyOf(inputs, host);
  const source = metricSource(inputs.metrics, host, {
    online: await givenDigest(inputs, host),
    engine: inputs.engine,
  });
  await checkOnline(inputs, policy, source, host);
  const proven = await provenBy(inputs, store, host);
  if ('refused' in proven) return proven;
  const { because, ...named } = proven;
  host.log.info(because);
  const segments = inputs.segments === undefined ? {} : { segments: parseSegments(inputs.segments) };
  return { ...named, ...segments, plan, policy, metricSource: source };
}

async function provenBy(
  inputs: In,
  store: Store,
  host: Host,
): Promise<Proven | { readonly refused: string }> {
  const { record, image, version: asked } = inputs;
  const trusted = await readTrustedKeys(inputs['trusted-keys'], host);
  const all: Asked = {
    runId: inputs['run-id'],
    record,
    image,
    version: asked,
    trusted,
    dryRun: inputs['dry-run'],
  };
  const allow = inputs['allow-unproven'];
  if (!allow || record) return prove(all, store);
  const { text, name } = await host.document(allow, { input: 'allow-unproven', decides: true });
  return unproven(all, readDocument(text, name, allowUnprovenSchema));
}
