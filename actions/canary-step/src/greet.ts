import { connect, DEFAULT_PROMPTS, warmUp } from '@sluice/inference';
import type { RolloutState } from '@sluice/rollout';
import { addressOf, apiKeyOf } from '@sluice/steering';
import { mismatch } from './identity-check.ts';
import type { Scene } from './scene.ts';

/** A new candidate is warmed up before anybody sees it. One that does not serve the version yet is waited for by the ticks. */
export async function greet({ inputs, host, router }: Scene, { rollout }: RolloutState): Promise<void> {
  if (!rollout || inputs.warmup === 0) return;
  const given = inputs[rollout.candidate];
  const endpoint = await addressOf(router, rollout.candidate, given, host.signal);
  if (endpoint === undefined) return;
  const apiKey = apiKeyOf(inputs, host);
  const wrong = await mismatch(rollout, { endpoint, given: true, apiKey }, host.signal);
  if (wrong.problem !== undefined) {
    host.log.warn(`not warmed up: ${wrong.problem}`);
    return;
  }
  host.log.info(`warming up ${rollout.version} with ${inputs.warmup} requests`);
  const answers = await warmUp({
    client: connect({ endpoint, apiKey, signal: host.signal }),
    model: rollout.version,
    prompts: DEFAULT_PROMPTS,
    maxTokens: 16,
    requests: inputs.warmup,
  });
  host.signal.throwIfAborted();
  const failed = answers.filter((answer) => !answer.ok).length;
  if (failed > 0)
    host.log.warn(`${failed} of ${answers.length} requests of the warm-up were not answered as they should`);
}
