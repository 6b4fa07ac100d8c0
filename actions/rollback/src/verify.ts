import { type Client, connect, servedModel } from '@sluice/inference';
import type { Completed } from '@sluice/rollout';
import { clopperPearsonLower, clopperPearsonUpper } from '@sluice/statistics';

const ROUNDING = 1e-9;

/** What probing the restored version showed. */
export interface Verified {
  readonly ok: boolean;
  readonly reason: string;
  readonly probes: number;
  readonly failed: number;
}

/** A probe is slow beyond so many times the recorded P99, the rule of `policy: classic`: probes are not the users' own questions. */
const TIMES = 2;

/** Chance that a version as good as its record is called worse, for each of its two figures. */
const ALPHA = 0.01;

/** A server to ask. */
interface Probed {
  readonly address: string;
  readonly apiKey: string | undefined;
}

/**
 * Probes the server of the restored version. It must answer under its own name, fail no more often than was recorded for it, and be slower
 * than twice its recorded P99 in no more than one of a hundred answers: both by the exact lower bound of a share (Clopper-Pearson),
 * so that one slow answer of five proves nothing. Where a healthy version runs `beside` it, a slow answer counts only if that one is
 * faster at the same moment: what slows both is not the restored version's fault.
 */
export async function verify(
  { address, apiKey }: Probed,
  restored: Completed | undefined,
  probes: number,
  signal: AbortSignal,
  beside?: Probed | undefined,
): Promise<Verified> {
  let failed = 0;
  let slow = 0;
  let both = 0;
  let last = '';
  const p99 = restored?.metrics['latency-p99-ms'];
  const client = connect({ endpoint: address, apiKey, signal });
  const served = await nameOf(client, restored);
  if ('problem' in served) return { ok: false, reason: served.problem, probes: 0, failed: 0 };
  for (let i = 0; i < probes; i++) {
    const answer = await probe(client, served.id);
    signal.throwIfAborted();
    if (answer.ok) {
      if (p99 !== undefined && answer.latencyMs > TIMES * p99) {
        if (beside && (await isSlow(beside, TIMES * p99, signal))) both++;
        else slow++;
      }
    } else {
      failed++;
      last = answer.message;
    }
  }
  // the bound of one of one is the level itself, which rounding must not lift over a share of one of a hundred
  const worse = (count: number, recorded: number) =>
    count > 0 && clopperPearsonLower(count, probes, ALPHA) > recorded + ROUNDING;
  const result = (ok: boolean, reason: string): Verified => ({ ok, reason, probes, failed });
  if (failed === probes) return result(false, `no probe of ${address} was answered: ${last}`);
  if (worse(failed, recordedErrors(restored)))
    return result(false, `${failed} of ${probes} probes of ${address} failed: ${last}`);
  if (p99 !== undefined && worse(slow, 0.01))
    return result(
      false,
      `${slow} of ${probes} probes took over ${TIMES} times the recorded P99 of ${Math.round(p99)} ms`,
    );
  const slower =
    p99 === undefined ? '' : `, ${slow} over ${TIMES} times the recorded P99 of ${Math.round(p99)} ms`;
  const shared = both === 0 ? '' : `; ${both} more were, and the version beside it as well`;
  return result(true, `${probes - failed} of ${probes} probes of ${address} answered${slower}${shared}`);
}

const probe = (client: Client, model: string) =>
  client.chat(model, { messages: [{ role: 'user', content: 'Hello' }], stream: false, maxTokens: 8 });

/** Whether a server answers, and takes longer than the limit. */
async function isSlow({ address, apiKey }: Probed, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const client = connect({ endpoint: address, apiKey, signal });
  const served = await servedModel(client);
  if ('problem' in served) return false;
  const answer = await probe(client, served.id);
  return answer.ok && answer.latencyMs > limitMs;
}

/** A version that answers is not yet one that was approved. */
export function doubted(verified: Verified, doubt: string | undefined): Verified {
  return verified.ok && doubt !== undefined
    ? { ...verified, ok: false, reason: `${verified.reason}, but ${doubt}` }
    : verified;
}

/** The most errors that a version may have had, for all that its record says; none where there is no record. */
function recordedErrors(restored: Completed | undefined): number {
  const { requests = 0, errors = 0 } = restored?.metrics ?? {};
  return requests > 0 ? clopperPearsonUpper(errors, requests, ALPHA) : 0;
}

/** The name to ask for: the restored version's own, which the server must say it serves. */
async function nameOf(
  client: Client,
  restored: Completed | undefined,
): Promise<{ readonly id: string } | { readonly problem: string }> {
  if (!restored) return servedModel(client);
  const answer = await client.models();
  if (!answer.ok) return { problem: `${client.base} does not say what it serves: ${answer.message}` };
  const served = answer.models.map(({ id }) => id);
  return served.includes(restored.version)
    ? { id: restored.version }
    : { problem: `${client.base} serves ${served.join(', ') || 'nothing'}, not ${restored.version}` };
}
