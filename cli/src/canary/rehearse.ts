import { duration, integer, SystemError, UserError } from '@sluice/contract';
import {
  byRole,
  contradiction,
  type Minute,
  type Policy,
  type Rehearsal,
  type Replayed,
  rehearse,
  replay,
  usualFaults,
} from '@sluice/rollout';
import { columns } from '../help/layout.ts';
import { readOptions } from '../options.ts';
import type { Scene } from '../scene.ts';
import { baselineOf, OPTIONS, type Options, planAndPolicy, positive, read } from './given.ts';
import { filesAt, recordedPast, recordedTraffic } from './recorded.ts';
import { asText } from './show.ts';
import { usual } from './usual.ts';

const HELP = [
  'sluice canary rehearse: what a plan and a policy can decide, before anything moves',
  '',
  'By simulation: how long the plan takes, the chance of rolling back a good version, and for a list of faults the delay and the requests',
  'exposed. With --replay: what the policy would have decided on recorded traffic, and when.',
  '',
];

const MINUTE = 60_000;

/** `sluice canary rehearse`. */
export async function canary(argv: readonly string[], scene: Scene, asksHelp: boolean): Promise<number> {
  const [word, ...rest] = argv;
  if (asksHelp) {
    const rows = Object.entries(OPTIONS).map(([name, option]): [string, string] => [
      `--${name}`,
      option.description,
    ]);
    scene.stdout.write([...HELP, ...columns(rows, scene.width), ''].join('\n'));
    return 0;
  }
  if (word !== 'rehearse')
    throw new UserError(`canary knows one command: rehearse; given: ${word ?? 'nothing'}`);
  const { options, words } = readOptions(rest, OPTIONS);
  if (words.length > 0) throw new UserError(`rehearse takes options only; given: ${words.join(' ')}`);
  return options.replay === undefined ? simulate(options, scene) : replayed(options, options.replay, scene);
}

async function simulate(options: Options, scene: Scene): Promise<number> {
  const { plan, policy } = await planAndPolicy(options, scene.cwd);
  const step = duration.parse(policy.interval);
  const past = soundOf(await historyOf(options, scene, step));
  const measured = past ? usual(past, step) : undefined;
  const rate = options.rate === undefined ? measured?.rate : read('rate', options.rate, positive);
  if (rate === undefined)
    throw new UserError(
      'rehearse needs the rate of requests: --rate <requests a second>, or --metrics to read it from',
    );
  const baseline = baselineOf(options, measured?.baseline);
  const result: Rehearsal = rehearse({
    plan,
    policy,
    requestsPerSecond: rate,
    baseline,
    faults: usualFaults(baseline),
    seed: read('seed', options.seed ?? '1', integer({ min: 0 })),
    runs: read('runs', options.runs ?? '100', integer({ min: 10, max: 100_000 })),
    ...(past ? { history: past.map((minute) => byRole(minute, 'canary')) } : {}),
  });
  scene.stdout.write(
    options.json
      ? `${JSON.stringify(result)}\n`
      : asText(result, { plan, policy, rate, baseline, width: scene.width }),
  );
  return 0;
}

/** The intervals of a past that do not contradict themselves: nothing is known of the others. */
function soundOf(past: readonly Minute[] | undefined): readonly Minute[] | undefined {
  const sound = past?.filter((minute) => contradiction(minute) === undefined);
  const [bad] = sound?.length === 0 ? (past ?? []) : [];
  if (bad) throw new UserError(`every interval of the past contradicts itself: ${contradiction(bad)}`);
  return sound;
}

async function historyOf(
  options: Options,
  scene: Scene,
  step: number,
): Promise<readonly Minute[] | undefined> {
  const from = options.history ?? options.metrics;
  return from === undefined ? undefined : recordedPast(from, step, scene);
}

async function replayed(options: Options, given: string, scene: Scene): Promise<number> {
  const { plan, policy } = await planAndPolicy(options, scene.cwd);
  const step = duration.parse(policy.interval);
  const past = (await historyOf(options, scene, step)) ?? [];
  const unread: string[] = [];
  for (const { name, path } of await filesAt(given, scene.cwd)) {
    try {
      const { minutes, notes } = await recordedTraffic(path, step);
      const end = replay(plan, policy, minutes, past);
      scene.stdout.write(
        saidOf(name, { ...end, unjudged: [...end.unjudged, ...notes] }, policy, options.json),
      );
    } catch (error) {
      // the others are replayed all the same
      if (!(error instanceof UserError) || error instanceof SystemError) throw error;
      unread.push(error.message);
    }
  }
  if (unread.length > 0) throw new UserError(unread.join('\n'));
  return 0;
}

function saidOf(file: string, end: Replayed, policy: Policy, json: string | undefined): string {
  if (!json) {
    const notes = [...end.notes, ...end.unjudged].map((note) => `\n    ${note}`).join('');
    return `${file}: ${end.decision} after ${end.minute} intervals of ${policy.interval} in stage ${end.stage}, ${end.exposed} requests exposed: ${end.reason}${notes}\n`;
  }
  const found = {
    file,
    decision: end.decision,
    minute: Math.ceil((end.minute * duration.parse(policy.interval)) / MINUTE),
    stage: end.stage,
    'exposed-requests': end.exposed,
    reason: [end.reason, ...end.unjudged].join('; '),
  };
  return `${JSON.stringify(found)}\n`;
}
