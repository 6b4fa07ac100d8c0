import { drawBinomial, Generator, rateRatioUpper } from '@sluice/statistics';
import type { RoleMinute } from '../observations/minute.ts';

/** Requests and errors of the live version by group of users, each one percent of them in the order in which a weight reaches them. */
export interface UserPast {
  readonly requests: readonly number[];
  readonly errors: readonly number[];
}

/** The users that the candidate serves: percent `from` to `to` of that order. */
export interface UserRange {
  readonly from: number;
  readonly to: number;
}

const GROUPS = 100;
/** Chance that users who fail no more often are taken for such who do; kept large, since missing a difference costs a good candidate. */
const SUSPICION = 0.2;
/** Chance that the ratio is larger than the bound that is taken for it. */
const DOUBT = 0.05;

/** The live version's past by group of users; nothing where the source does not tell users apart. */
export function userPast(history: readonly RoleMinute[]): UserPast | null {
  const requests = new Array<number>(GROUPS).fill(0);
  const errors = new Array<number>(GROUPS).fill(0);
  for (const { live } of history) {
    if (!live.users) continue;
    for (const [group, counts] of Object.entries(live.users)) {
      const i = Number(group);
      if (!(i >= 0 && i < GROUPS)) continue;
      requests[i] = (requests[i] as number) + counts.requests;
      errors[i] = (errors[i] as number) + counts.errors;
    }
  }
  return requests.some((n) => n > 0) ? { requests, errors } : null;
}

/**
 * The part of the candidate's errors that counts. Sticky users are the same in every block, so a few of them with errors of their own make
 * every block look bad; where the users that it serves failed clearly more often before it came, its errors are divided by the upper bound of that ratio.
 */
export function userCorrection(past: UserPast, { from, to }: UserRange): number {
  const [first, last] = [Math.floor(from), Math.ceil(to)];
  const sum = (values: readonly number[], inside: boolean) =>
    values.reduce((total, v, i) => (i >= first && i < last === inside ? total + v : total), 0);
  const own = { events: sum(past.errors, true), exposure: sum(past.requests, true) };
  const others = { events: sum(past.errors, false), exposure: sum(past.requests, false) };
  if (own.exposure === 0 || others.exposure === 0) return 1;
  const clearlyMore = rateRatioUpper(others, own, SUSPICION) < 1;
  return clearlyMore ? Math.min(1, 1 / rateRatioUpper(own, others, DOUBT)) : 1;
}

/** {@link userCorrection} that remembers its last answer: past and range change with the stages, and are asked for at every interval. */
export function rememberedCorrection(): typeof userCorrection {
  let last: { past: UserPast; range: UserRange; part: number } | undefined;
  return (past, range) => {
    if (last?.past !== past || last.range.from !== range.from || last.range.to !== range.to)
      last = { past, range, part: userCorrection(past, range) };
    return last.part;
  };
}

/** Keeps each error with that chance; the same interval gives the same answer. */
export function thinned(minute: RoleMinute, part: number): RoleMinute {
  const { candidate, start } = minute;
  if (part >= 1) return minute;
  const random = Generator.fromSeed(Math.abs(Math.round(start)));
  return {
    ...minute,
    candidate: { ...candidate, errors: drawBinomial(random, Math.round(candidate.errors), part) },
  };
}
