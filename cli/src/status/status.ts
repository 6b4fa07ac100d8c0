import { UserError } from '@sluice/contract';
import { honourNetworkVariables } from '@sluice/host';
import { decodeState, newTarget, type RolloutState } from '@sluice/rollout';
import { openState, openStore, type Store } from '@sluice/store';
import { columns } from '../help/layout.ts';
import { type Option, readOptions } from '../options.ts';
import type { Scene } from '../scene.ts';
import { asText, line, type Status, statusOf } from './show.ts';

const OPTIONS = {
  router: { description: 'Kind of the router, as canary-step was given it. Default: haproxy.' },
  state: { description: 'Another place of the state: file:<path>. Default: the store.' },
  'tracking-uri': { description: 'The tracking server, where no SLUICE_STORE_URL is set.' },
  json: { description: 'One JSON object on standard output.', alone: true },
  help: { description: 'This text.', alone: true },
} as const satisfies Record<string, Option>;

/** How long the router may take to say its share; the state is shown without it. */
const routerMs = 3_000;

/** `sluice status [target]`: what is rolled out there; without a target, every one that the store knows. */
export async function status(argv: readonly string[], scene: Scene, asksHelp: boolean): Promise<number> {
  if (asksHelp) {
    scene.stdout.write(help(scene.width));
    return 0;
  }
  const { options, words } = readOptions(argv, OPTIONS);
  const [target, ...more] = words;
  if (more.length > 0) throw new UserError(`status takes one target; given: ${words.join(' ')}`);
  const { env, cwd: workspace } = scene;
  honourNetworkVariables(env, () => {});
  const trackingUri = options['tracking-uri'] ?? env.MLFLOW_TRACKING_URI;
  const store = await openStore({ trackingUri, workspace, env });
  const now = Date.now();
  if (target === undefined) return all(store, options.json !== undefined, scene, now);

  const router = options.router ?? 'haproxy';
  const cell = openState({ state: options.state, router, target, store, workspace });
  const seen = await cell.read();
  const state = seen ? decodeState(JSON.stringify(seen.value), cell.where) : newTarget(target);
  const share = await askRouter(router, target);
  const found = statusOf(state, { where: cell.where, known: seen !== undefined, share, now });
  scene.stdout.write(options.json ? `${JSON.stringify(found)}\n` : asText(found));
  return 0;
}

/** The share that the router itself says; a sentence where it says none. */
async function askRouter(kind: string, target: string): Promise<number | string> {
  const { openRouter } = await import('@sluice/traffic');
  const signal = AbortSignal.timeout(routerMs);
  try {
    const router = await openRouter({ kind, target, signal, timeout: routerMs });
    return await router.weight(signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function all(store: Store, json: boolean, scene: Scene, now: number): Promise<number> {
  const found: Status[] = [];
  for (const key of store.kind === 'mlflow' ? [] : await store.list('rollouts/')) {
    const seen = await store.readState(key);
    if (!seen) continue;
    const state: RolloutState = decodeState(JSON.stringify(seen.value), store.uri(key));
    found.push(statusOf(state, { where: store.uri(key), known: true, share: undefined, now }));
  }
  if (json) scene.stdout.write(`${JSON.stringify(found)}\n`);
  else if (found.length === 0) scene.stdout.write(`no rollout is known in ${store.url}\n`);
  else scene.stdout.write(found.map((each) => `${line(each)}\n`).join(''));
  return 0;
}

const help = (width: number): string =>
  [
    'sluice status [target]: the rollout of a target; without one, all that the store knows',
    '',
    ...columns(
      Object.entries(OPTIONS).map(([name, { description }]) => [`--${name}`, description]),
      width,
    ),
    '',
  ].join('\n');
