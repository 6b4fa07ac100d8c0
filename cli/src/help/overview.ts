import { actions } from '../actions.ts';
import { EXITS } from './action-help.ts';
import { columns } from './layout.ts';

/** Commands that are no actions. */
export const COMMANDS = {
  doctor:
    'Looks at this machine: tools, store, tracking server, router, Prometheus, clocks, proxy, authorities.',
  status: 'Shows the rollout of a target: which version, which stage, since when, what share, the next look.',
  canary: 'canary rehearse: says by simulation, or on recorded traffic, what a plan and a policy can decide.',
  gate: 'gate plan: says what gates can and cannot decide with a data set, before anything is evaluated.',
  review:
    'review draw: a blind sample of the answers for people to judge, as form and CSV; review read: reads their ratings back.',
  approve: 'Lets the rollout of a target go on to its next stage (canary-step --command approve).',
  pause: 'Keeps the rollout of a target where it is.',
  resume: 'Lets a paused rollout go on.',
  abort: 'Takes the traffic of a target back from the candidate.',
} as const;

/** `sluice --help`: the actions, the other commands, what the exit status means. */
export async function overview(width: number): Promise<string> {
  const titles = await Promise.all(
    Object.entries(actions).map(async ([name, load]): Promise<[string, string]> => {
      const { default: action } = await load();
      return [name, action.definition.description];
    }),
  );
  return [
    'sluice: from a commit to full traffic, each gate on evidence',
    '',
    'Usage',
    '  sluice <action> --input value …',
    '  sluice <command> [target] [--option value …]',
    '',
    'Actions (sluice <action> --help names the inputs)',
    ...columns(titles, width),
    '',
    'Commands',
    ...columns(Object.entries(COMMANDS), width),
    '',
    'Exit status',
    ...columns(EXITS, width),
    '',
  ].join('\n');
}
