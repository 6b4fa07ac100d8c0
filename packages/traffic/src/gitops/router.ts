import { type Percent, SystemError, UserError } from '@sluice/contract';
import { basisPoints } from '../limits.ts';
import type { Capabilities, Router, RouterOptions, Slot } from '../router.ts';
import { GitValue, type Held } from './change.ts';
import { parseGitPlace } from './place.ts';

export const can: Capabilities = {
  weights: true,
  sticky: false,
  segments: false,
  state: false,
  mirror: false,
  salt: false,
  precision: 0.01,
};

/**
 * Argo CD, or any other controller that follows a branch: the share of slot `canary` is a number in a file, and moving it is a commit.
 * What git says is what the cluster will do once it has synchronised.
 */
class GitopsRouter implements Router {
  readonly kind = 'argo-cd';
  readonly target: string;
  readonly can = can;
  readonly slots: Readonly<Record<Slot, string>>;
  readonly #value: GitValue;
  #seen: Held | undefined;

  constructor(target: string, value: GitValue, slots: Readonly<Record<Slot, string>>) {
    this.target = target;
    this.#value = value;
    this.slots = slots;
  }

  /** A commit outlives every process. */
  async identity(): Promise<string> {
    const { repository, branch } = this.#value.place;
    return `git:${repository}#${branch}`;
  }

  async weight(signal?: AbortSignal): Promise<Percent> {
    this.#seen = await this.#value.read(signal);
    return percentIn(this.#seen, this.target);
  }

  /**
   * Only on top of what this router saw last: a step that was frozen and wakes after a rollback finds a value that it has not seen, and
   * is refused, also where the value came back to what it was.
   */
  async setWeight(percent: Percent, signal?: AbortSignal): Promise<void> {
    const weight = basisPoints(percent) / 100;
    const seen = this.#seen ?? (await this.#value.read(signal));
    this.#seen = await this.#value.change(
      async (held) => {
        const now = percentIn(held, this.target);
        if (now === weight) return undefined;
        if (held.value !== seen.value || (await this.#value.touchedSince(seen, held.commit, signal)))
          throw new SystemError(
            `${this.target} was ${seen.value} when this step looked and is ${held.value} now: somebody else changed it, so it was not set to ${weight}. The next tick decides on what is there`,
          );
        return typeof held.value === 'string' ? String(weight) : weight;
      },
      (from, to) => `canary: ${from} % -> ${to} %\n\n${this.#value.place.file}, by Sluice.\n`,
      signal,
    );
  }
}

function percentIn({ value }: Held, target: string): Percent {
  const percent = typeof value === 'number' || /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (!(percent >= 0 && percent <= 100))
    throw new UserError(
      `${target} holds ${JSON.stringify(value)}, which is no share of the users in percent (0 to 100)`,
    );
  return percent;
}

/** Reads the value once, so that a wrong target is known before anything is decided. @throws UserError, SystemError */
export async function openGitops(options: RouterOptions): Promise<Router> {
  const value = new GitValue(parseGitPlace(options.target), {
    env: options.env ?? process.env,
    workspace: options.workspace ?? process.cwd(),
  });
  const named = (given: string | undefined, slot: Slot) => (given && !/^https?:/.test(given) ? given : slot);
  const slots = { stable: named(options.stable, 'stable'), canary: named(options.canary, 'canary') };
  const router = new GitopsRouter(options.target, value, slots);
  await router.weight(options.signal);
  return router;
}
