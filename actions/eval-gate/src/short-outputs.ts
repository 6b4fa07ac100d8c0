import type { FailedGate } from './failed-gates.ts';
import type { Judgement } from './judge.ts';

/** Hosts limit all outputs together (GitLab: 5 kB), so each of the two that may be long gets its part of that. */
const MOST_BYTES = 1500;
const MOST_NAME = 120;
/** No more entries than these fit, however short their names are. */
const MOST_GATES = MOST_BYTES / 30;

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The figures; where there are many, only those that gates ask for. */
export function shortFigures({ figures, report, measurements }: Judgement): Record<string, number> {
  if (bytes(figures) <= MOST_BYTES) return figures;
  const asked = new Set([...report.gates.map((gate) => gate.metric), ...measurements.keys()]);
  const kept: [string, number][] = [];
  let size = 2;
  for (const entry of Object.entries(figures).filter(([name]) => asked.has(name))) {
    size += bytes(entry[0]) + bytes(entry[1]) + 2;
    if (size > MOST_BYTES) break;
    kept.push(entry);
  }
  return Object.fromEntries(kept);
}

/** The gates that did not approve; where there are many, those that reject first, and an entry that says how many more there are. */
export function shortFailed(failed: readonly FailedGate[]): readonly FailedGate[] {
  if (bytes(failed) <= MOST_BYTES) return failed;
  const ordered = [
    ...failed.filter((gate) => gate.decision === 'reject'),
    ...failed.filter((gate) => gate.decision !== 'reject'),
  ].map(({ name, decision }) => ({ name: cut(name), decision }));
  for (let kept = Math.min(ordered.length, MOST_GATES); ; kept--) {
    const [next] = ordered.slice(kept);
    const more = next && {
      name: `${ordered.length - kept} more: see the report`,
      decision: next.decision,
    };
    const list = [...ordered.slice(0, kept), ...(more ? [more] : [])];
    if (kept === 0 || bytes(list) <= MOST_BYTES) return list;
  }
}

function cut(name: string): string {
  return name.length > MOST_NAME ? `${name.slice(0, MOST_NAME).toWellFormed()}…` : name;
}
