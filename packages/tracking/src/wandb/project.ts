import { UserError } from '@sluice/contract';
import type { Env } from '@sluice/store';

/** Where in W&B runs are written. */
export interface WandbProject {
  /** A user or a team; undefined: the one that the key belongs to. */
  readonly entity: string | undefined;
  readonly project: string;
  /** Written to files that `wandb sync` sends later. */
  readonly offline: boolean;
}

/** The project where neither the address nor WANDB_PROJECT names one. */
const PROJECT = 'sluice';

const isWandb = /^wandb(?::\/\/|$)/i;

/**
 * Reads `wandb`, `wandb://<project>` and `wandb://<entity>/<project>`; WANDB_ENTITY, WANDB_PROJECT and WANDB_MODE say what the
 * address leaves out, as they do to W&B's own programs. Undefined for an address of another kind.
 */
export function wandbProject(trackingUri: string, env: Env): WandbProject | undefined {
  if (!isWandb.test(trackingUri)) return undefined;
  const parts = trackingUri
    .replace(isWandb, '')
    .split('/')
    .filter((part) => part !== '');
  if (parts.length > 2 || parts.some((part) => !/^[\w.-]{1,128}$/.test(part)))
    throw new UserError(
      `tracking-uri is '${trackingUri}'; allowed are wandb, wandb://<project> and wandb://<entity>/<project>`,
    );
  const mode = env.WANDB_MODE || 'online';
  if (mode !== 'online' && mode !== 'offline')
    throw new UserError(
      `WANDB_MODE is '${mode}', and tracking-uri is W&B; allowed are online and offline, or another tracking-uri`,
    );
  return {
    entity: (parts.length === 2 ? parts[0] : env.WANDB_ENTITY) || undefined,
    project: parts.at(-1) ?? (env.WANDB_PROJECT || PROJECT),
    offline: mode === 'offline',
  };
}
