import { messageOf } from '@sluice/contract';
import { withLogin } from '@sluice/steering';
import { openStore } from '@sluice/store';
import { reachPrometheus } from '@sluice/telemetry';
import { type Finding, lookMs, type Patient } from './check.ts';

/** The one file that the doctor writes, always the same. */
const PROBE = 'doctor/probe.txt';

const signal = () => AbortSignal.timeout(lookMs);

/** The store: there, and what is written can be read back. */
export async function store({ env, workspace, trackingUri }: Patient): Promise<Finding> {
  const name = 'store';
  try {
    const opened = await openStore({ workspace, env, trackingUri, signal: signal() });
    if (opened.kind === 'mlflow')
      return {
        name,
        state: 'warn',
        found: `${opened.url} (MLflow's artifacts)`,
        advice:
          'It cannot hold the state of a rollout: set SLUICE_STORE_URL, or give canary-step state: file:…',
      };
    const text = new TextEncoder().encode('written by sluice doctor\n');
    await opened.put(PROBE, text);
    const back = await opened.get(PROBE);
    if (!back || Buffer.compare(Buffer.from(back), text) !== 0)
      return {
        name,
        state: 'missing',
        found: `${opened.url} gave other bytes back`,
        advice: 'Check the disk or bucket behind it',
      };
    return opened.note
      ? { name, state: 'warn', found: `${opened.url}, written and read back`, advice: opened.note }
      : { name, state: 'ok', found: `${opened.url}, written and read back` };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: messageOf(error),
      advice: 'Set SLUICE_STORE_URL to a folder or s3://… that this machine can write to',
    };
  }
}

/** The tracking server answers, and lets us in. */
export async function tracker({ env, workspace, trackingUri }: Patient): Promise<Finding> {
  const name = 'tracking';
  if (!trackingUri)
    return {
      name,
      state: 'off',
      found: 'neither --tracking-uri nor MLFLOW_TRACKING_URI is given',
      advice: 'Without one, runs are kept in .sluice/tracking of the workspace',
    };
  try {
    const { openTracker } = await import('@sluice/tracking');
    const opened = openTracker(trackingUri, env, { workspace, signal: signal() });
    await opened.findRuns({ 'sluice.doctor': 'probe' }, { experiment: 'Default', limit: 1 });
    return { name, state: 'ok', found: `${opened.kind} at ${opened.uri}` };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: messageOf(error),
      advice: 'Check the address, and MLFLOW_TRACKING_TOKEN or user and password',
    };
  }
}

/** The router answers, and says how it splits. */
export async function router({ router: kind, target }: Patient): Promise<Finding> {
  const name = 'router';
  if (!target) return { name, state: 'off', found: 'no --target is given' };
  try {
    const { openRouter } = await import('@sluice/traffic');
    const opened = await openRouter({ kind, target, timeout: lookMs, signal: signal() });
    return {
      name,
      state: 'ok',
      found: `${kind} ${target}: slot canary gets ${await opened.weight(signal())} %`,
    };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: messageOf(error),
      advice: 'Check the target, and that this user may open its socket',
    };
  }
}

/** Prometheus answers queries, with the login and the certificates that a tick uses. */
export async function prometheus({ prometheus: address, env, workspace }: Patient): Promise<Finding> {
  const name = 'prometheus';
  if (!address) return { name, state: 'off', found: 'neither --metrics nor PROMETHEUS_URL is given' };
  try {
    const found = await reachPrometheus(withLogin(address, env, workspace), signal());
    return { name, state: 'ok', found };
  } catch (error) {
    return {
      name,
      state: 'missing',
      found: messageOf(error),
      advice:
        'Check the address and its path prefix; PROMETHEUS_TOKEN, or PROMETHEUS_USERNAME and PROMETHEUS_PASSWORD; PROMETHEUS_CA_FILE; whether a firewall or a proxy stands between',
    };
  }
}
