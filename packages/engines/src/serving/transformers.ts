import { UserError } from '@sluice/contract';
import { checkServedName } from './served.ts';
import type { Listening } from './vllm.ts';

/** What `transformers serve` needs on disk to serve a folder under a name of one's own. */
export interface HubLayout {
  /** The folder that `HF_HUB_CACHE` names. */
  readonly root: string;
  /** Where the model's files lie, relative to `root`. */
  readonly model: string;
  /** A file that names the snapshot, relative to `root`, and its text. */
  readonly ref: { readonly path: string; readonly text: string };
}

const snapshot = 'served';

/**
 * The layout of a hub's cache with one model in it. `transformers serve` serves a path only under that path, and
 * answers `/v1/models` from this cache alone: so a version can be a model's name without any hub.
 */
export function hubLayout(root: string, servedName: string): HubLayout {
  const folder = `models--${checkHubName(servedName)}`;
  return {
    root,
    model: `${folder}/snapshots/${snapshot}`,
    ref: { path: `${folder}/refs/main`, text: snapshot },
  };
}

/** `transformers serve` for the model of a {@link HubLayout}, loaded before the first request. */
export function transformersArgv(servedName: string, listening: Listening): string[] {
  return [
    'transformers',
    'serve',
    checkHubName(servedName),
    '--host',
    listening.host,
    '--port',
    String(listening.port),
  ];
}

/** The environment of the server: the cache, and no hub. */
export function transformersEnv(layout: HubLayout): Record<string, string> {
  return { HF_HUB_CACHE: layout.root, HF_HUB_OFFLINE: '1', TRANSFORMERS_OFFLINE: '1' };
}

/** Names of a hub hold no `--` and no `..`, and end with a letter or digit. */
function checkHubName(name: string): string {
  checkServedName(name);
  if (/--|\.\.|[.-]$/.test(name) || name.length > 96)
    throw new UserError(
      `'${name}' cannot be a name for transformers serve: no '--', no '..', no '.' or '-' at its end, at most 96 characters.`,
    );
  return name;
}
