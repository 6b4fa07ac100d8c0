import { readDocument, UserError } from '@sluice/contract';
import type { Host } from '@sluice/host';
import { type Candidate, type Policy, parsePlan, parsePolicy } from '@sluice/rollout';
import type { Store } from '@sluice/store';
import { allowUnprovenSchema } from './allow-unproven.ts';
import { type Proven, prove, unproven } from './proof.ts';
import type { In } from './scene.ts';

/** Whether this call brings what a rollout is started with; a scheduled tick brings its target alone. */
export const startsRollout = (inputs: In): boolean =>
  inputs['run-id'] !== undefined || inputs.record !== undefined || inputs.image !== undefined;

export async function policyOf(inputs: In, host: Host): Promise<Policy> {
  if ('path' in inputs.policy && /^(classic|sequential)$/.test(inputs.policy.path))
    return parsePolicy(inputs.policy.path);
  const { text, name } = await host.document(inputs.policy, { input: 'policy', decides: true });
  return parsePolicy(text, name);
}

/** The candidate that this call asks for, proven, or in one sentence why it may not start. */
export async function candidateOf(
  inputs: In,
  store: Store,
  host: Host,
): Promise<Candidate | { readonly refused: string }> {
  if (!inputs.metrics) {
    throw new UserError(
      "a rollout cannot be judged without figures: pass metrics (the path of the gateway's JSON access log)",
    );
  }
  const asked = {
    runId: inputs['run-id'],
    record: inputs.record,
    image: inputs.image,
    version: inputs.version,
  };
  const proven = await provenBy(inputs, asked, store, host);
  if ('refused' in proven) return proven;
  const { because, ...named } = proven;
  host.log.info(because);
  return {
    ...named,
    plan: parsePlan(inputs.plan),
    policy: await policyOf(inputs, host),
    metricSource: inputs.metrics,
  };
}

async function provenBy(
  inputs: In,
  asked: Parameters<typeof prove>[0],
  store: Store,
  host: Host,
): Promise<Proven | { readonly refused: string }> {
  const allow = inputs['allow-unproven'];
  if (!allow || asked.record) return prove(asked, store);
  const { text, name } = await host.document(allow, { input: 'allow-unproven', decides: true });
  return unproven(asked, readDocument(text, name, allowUnprovenSchema));
}
