import { duration, Invalid, percent, quote, type Type, UserError } from '@sluice/contract';

/** One stage of a rollout: the candidate's share of the traffic and how long it soaks, in ms. */
export interface Stage {
  readonly percent: number;
  readonly soakMs: number;
}

/** The stages in order; weights strictly increase. */
export type Plan = readonly Stage[];

const ALLOWED =
  "allowed: stages '<percent>@<duration>' between commas with growing percentages, such as 1@1h,5@2h,25@2h,100@24h";

function part<T>(type: Type<T>, text: string, stage: string): T {
  try {
    return type.parse(text);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const hint = error.hint ? `; ${error.hint}` : '';
    throw new UserError(
      `plan: ${quote(text)} in stage ${quote(stage)} ${error.message} (${type.name}: ${type.rule})${hint}; ${ALLOWED}`,
    );
  }
}

function stage(text: string): Stage {
  const at = text.split('@');
  if (at.length !== 2) {
    const why = at.length < 2 ? "has no '@': how long does it soak?" : "has more than one '@'";
    throw new UserError(`plan: stage ${quote(text)} ${why}; ${ALLOWED}`);
  }
  const [weight = '', soak = ''] = at.map((p) => p.trim());
  const result = { percent: part(percent, weight, text), soakMs: part(duration, soak, text) };
  if (result.percent === 0)
    throw new UserError(`plan: stage ${quote(text)} sends nobody to the candidate; leave it out; ${ALLOWED}`);
  if (result.soakMs === 0)
    throw new UserError(
      `plan: stage ${quote(text)} soaks for no time, nothing could be seen in it; ${ALLOWED}`,
    );
  return result;
}

/** Reads `1@1h,5@2h,25@2h,100@24h`. Throws a `UserError` that names the stage at fault. */
export function parsePlan(text: string): Plan {
  const parts = text.split(',').map((p) => p.trim());
  if (parts.some((p) => p === ''))
    throw new UserError(`plan: ${quote(text)} holds an empty stage; ${ALLOWED}`);
  const stages = parts.map(stage);
  for (let i = 1; i < stages.length; i++) {
    const [before, after] = [stages[i - 1] as Stage, stages[i] as Stage];
    if (after.percent <= before.percent)
      throw new UserError(
        `plan: ${quote(text)} goes from ${before.percent} % to ${after.percent} %; the weights must grow from stage to stage: put ${quote(`${parts[i]}`)} before ${quote(`${parts[i - 1]}`)} or leave one out; ${ALLOWED}`,
      );
  }
  return stages;
}

/** The plan as text; inverse of {@link parsePlan}. */
export function formatPlan(plan: Plan): string {
  return plan.map((s) => `${percent.format(s.percent)}@${duration.format(s.soakMs)}`).join(',');
}

/** The sum of all soaks, in ms. */
export function planLength(plan: Plan): number {
  return plan.reduce((sum, s) => sum + s.soakMs, 0);
}
