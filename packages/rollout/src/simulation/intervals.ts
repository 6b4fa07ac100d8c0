import { duration, UserError } from '@sluice/contract';
import { addHistograms, type Counts, contradiction, type Minute } from '../observations/minute.ts';

const MINUTE = 60_000;

/** The step of a recording in ms: a minute, or less where its rows lie closer. */
function stepOf(starts: readonly number[]): number {
  let step = MINUTE;
  for (let i = 1; i < starts.length; i++) {
    const gap = (starts[i] as number) - (starts[i - 1] as number);
    if (gap > 0) step = Math.min(step, gap);
  }
  return step;
}

function sum(parts: readonly Counts[]): Counts {
  const total = (count: (part: Counts) => number) => parts.reduce((n, part) => n + count(part), 0);
  // a version without a row in a minute served nothing then, and timed nothing
  const latency = addHistograms(parts.filter((p) => p.requests > 0 || p.latency).map((p) => p.latency));
  return {
    requests: total((p) => p.requests),
    errors: total((p) => p.errors),
    ...(latency ? { latency } : {}),
  };
}

/**
 * Recorded minutes, in order, summed up to the intervals in which a policy counts (`interval` in ms). An interval of which a minute is missing
 * is missing; one of which a minute contradicts itself does so too. Throws a `UserError` where the recording cannot be divided like that.
 */
export function inIntervals(minutes: readonly Minute[], interval: number, source: string): Minute[] {
  const step = stepOf(minutes.map((m) => m.start));
  if (step === interval) return [...minutes];
  if (interval % step !== 0)
    throw new UserError(
      `${source} has a row every ${duration.format(step)}, and the policy counts in intervals of ${duration.format(interval)}; take an interval of ${duration.format(step)} or a multiple of it`,
    );
  const first = minutes[0]?.start ?? 0;
  const groups = Map.groupBy(minutes, (m) => Math.floor((m.start - first) / interval));
  const whole: Minute[] = [];
  for (const [index, parts] of groups) {
    if (parts.length < interval / step) continue;
    const start = first + index * interval;
    const bad = parts.find((part) => contradiction(part) !== undefined);
    whole.push(
      bad
        ? { ...bad, start }
        : { start, stable: sum(parts.map((p) => p.stable)), canary: sum(parts.map((p) => p.canary)) },
    );
  }
  return whole;
}
