import { duration, UserError } from '@sluice/contract';
import * as z from 'zod/mini';

const span = z.string().check(
  z.refine((text) => {
    try {
      return duration.parse(text) >= 0;
    } catch {
      return false;
    }
  }, 'is no time span such as 30s, 5m or 2h'),
);
const argv = z.array(z.string()).check(z.minLength(1, 'must name a program'));

const command = z.strictObject({
  /** Program and arguments, no shell. `{version}`, `{image}`, `{run-id}` and `{slot}` stand for what is rolled out. */
  command: argv,
  /** Folder to start it in; default: the workspace. */
  cwd: z.optional(z.string()),
  /** How long it may take until it serves the version. */
  'ready-timeout': z._default(span, '10m'),
  /** Time between the moment when its last user has left and its end, for answers under way. */
  drain: z._default(span, '30s'),
});

const manifest = z.strictObject({
  /** Kubernetes objects as a path or as YAML, `{version}`, `{image}`, `{run-id}` and `{slot}` standing in their texts. */
  manifest: z.string().check(z.minLength(1)),
  'ready-timeout': z._default(span, '20m'),
  drain: z._default(span, '30s'),
  /** What becomes of the new version's objects where it was taken back. */
  'after-rollback': z._default(z.enum(['scale-to-0', 'delete', 'keep']), 'scale-to-0'),
  /**
   * What a tick does once `keep-old` is over. `move-stable`: the slot `stable` gets the new version, then the users, and the slot
   * `canary` is taken down; `stop-old`: the slot without users is taken down; `keep`: nothing.
   */
  'after-complete': z._default(z.enum(['move-stable', 'stop-old', 'keep']), 'move-stable'),
});

/** How the new version is brought up and taken down: a command, or objects of Kubernetes. */
export const startSchema = z.union([argv, command, manifest]);

/** One form for all, as it lies in the state. */
export type InstanceStart =
  | {
      readonly kind: 'command';
      readonly command: readonly string[];
      readonly cwd: string;
      readonly readyMs: number;
      readonly drainMs: number;
    }
  | {
      readonly kind: 'manifest';
      /** The objects as YAML, not filled in. */
      readonly manifest: string;
      readonly readyMs: number;
      readonly drainMs: number;
      readonly afterRollback: 'scale-to-0' | 'delete' | 'keep';
      readonly afterComplete: 'move-stable' | 'stop-old' | 'keep';
    };

/** Longest manifest that is kept: the state has to fit into an annotation. */
const LONGEST = 64 * 1024;

/** @throws UserError for a manifest that no state could hold */
export function instanceStart(
  given: z.output<typeof startSchema>,
  { workspace, manifest: text }: { readonly workspace: string; readonly manifest: string },
): InstanceStart {
  const plan = Array.isArray(given)
    ? { command: given, 'ready-timeout': '10m', drain: '30s' }
    : (given as z.output<typeof command> | z.output<typeof manifest>);
  const times = { readyMs: duration.parse(plan['ready-timeout']), drainMs: duration.parse(plan.drain) };
  if ('command' in plan)
    return {
      kind: 'command',
      command: plan.command,
      cwd: ('cwd' in plan && plan.cwd) || workspace,
      ...times,
    };
  if (text.length > LONGEST)
    throw new UserError(`start: the manifest has ${text.length} characters; at most ${LONGEST} are kept`);
  return {
    kind: 'manifest',
    manifest: text,
    ...times,
    afterRollback: plan['after-rollback'],
    afterComplete: plan['after-complete'],
  };
}

/** A process that outlives the job which started it. */
export interface InstanceProcess {
  readonly pid: number;
  /** Tells it from a later one of the same number. */
  readonly began: string;
  /** Where it runs; only there it can be ended. */
  readonly machine: string;
}

/** What was brought up in a slot. */
export interface Instance {
  readonly runId: string;
  readonly version: string;
  readonly image: string;
  readonly start: InstanceStart;
  /** How long the old version stays after a promotion, ms. */
  readonly keepOldMs: number;
  /** starting: asked for; up: it served its version; down: taken down. */
  readonly status: 'starting' | 'up' | 'down';
  readonly process: InstanceProcess | null;
}

const text = z.string();
const natural = z.number().check(z.minimum(0));
const times = { readyMs: natural, drainMs: natural };

/** An instance as it lies in the state. */
export const instanceCodec = z.strictObject({
  runId: text,
  version: text,
  image: text,
  start: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('command'), command: z.array(text), cwd: text, ...times }),
    z.strictObject({
      kind: z.literal('manifest'),
      manifest: text,
      afterRollback: z.enum(['scale-to-0', 'delete', 'keep']),
      afterComplete: z.enum(['move-stable', 'stop-old', 'keep']),
      ...times,
    }),
  ]),
  keepOldMs: natural,
  status: z.enum(['starting', 'up', 'down']),
  process: z.nullable(z.strictObject({ pid: z.int(), began: text, machine: text })),
});
