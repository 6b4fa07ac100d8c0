import type { RoleMinute } from '@sluice/rollout';

/** A rule of another project, fed a minute at a time; true: it rolls back now. */
export type Rival = (minute: RoleMinute) => boolean;
