import { connect } from '@sluice/inference';
import type { Rollout } from '@sluice/rollout';

/** What a look at `/v1/models` of the candidate's slot showed. */
export interface Checked {
  /** Why what answers there is not what the state says. */
  readonly problem?: string;
  /** It could not be asked, and nobody said that it can be. */
  readonly note?: string;
}

/** The server that is asked. */
export interface Asked {
  readonly endpoint: string;
  /** A person gave its address. */
  readonly given: boolean;
  readonly apiKey: string | undefined;
}

/**
 * Compares what the server behind the candidate's slot says with the state. A server whose address was `given` must say it; one
 * that only the router names may be out of this machine's reach, and is then not judged by its silence.
 */
export async function mismatch(
  rollout: Pick<Rollout, 'version'>,
  { endpoint, given, apiKey }: Asked,
  signal: AbortSignal,
): Promise<Checked> {
  const answer = await connect({ endpoint, apiKey, signal, timeoutMs: 10_000 }).models();
  signal.throwIfAborted();
  if (!answer.ok) {
    const silent = `the new version's server ${endpoint} does not say what it serves: ${answer.message}`;
    return given ? { problem: silent } : { note: silent };
  }
  const served = answer.models.map(({ id }) => id);
  return served.includes(rollout.version)
    ? {}
    : { problem: `${endpoint} serves ${served.join(', ') || 'nothing'}, not ${rollout.version}` };
}
