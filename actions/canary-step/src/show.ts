import { type CanaryDecision, duration, type Inputs } from '@sluice/contract';
import type { Block, Report } from '@sluice/report';
import { metricsOf, parsePlan, type Rollout, type RolloutState, soaked } from '@sluice/rollout';
import type { definition } from './definition.ts';

interface Shown {
  readonly decision: CanaryDecision;
  readonly reason: string;
  /** Nothing was begun, although it should have been. */
  readonly refused: boolean;
  readonly state: RolloutState;
  readonly inputs: Inputs<(typeof definition)['inputs']>;
  /** ms epoch. */
  readonly nextCheck: number | null;
  /** What else is known of the rollout: its online evaluation. */
  readonly more: readonly Block[];
}

const VERDICT: Readonly<Record<CanaryDecision, Report['verdict']['state']>> = {
  advance: 'pass',
  complete: 'pass',
  hold: 'info',
  none: 'info',
  paused: 'undecided',
  undecided: 'undecided',
  rollback: 'fail',
};

/** What this tick decided, where the plan stands, and on what evidence. */
export function reportOf({ decision, reason, refused, state, inputs, nextCheck, more }: Shown): Report {
  const { rollout } = state;
  return {
    title: rollout ? `Canary of ${rollout.version}` : 'Canary',
    verdict: { state: refused ? 'fail' : VERDICT[decision], sentence: `${decision}: ${reason}` },
    blocks: [
      { type: 'facts', facts: facts(rollout, inputs, nextCheck) },
      ...(rollout ? evidence(rollout) : []),
      ...more,
      ...past(state),
    ],
  };
}

const at = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

function facts(
  rollout: Rollout | null,
  inputs: Shown['inputs'],
  nextCheck: number | null,
): [string, string][] {
  const promoted = rollout?.closed && rollout.phase === 'complete' ? rollout.promotedAt : null;
  return [
    ['target', inputs.target],
    ...(rollout
      ? ([
          ['run', rollout.runId],
          ['version', rollout.version],
          ['image', rollout.image],
          ['share of users', `${rollout.weight} %`],
          ['requests served', String(rollout.exposed)],
          ['policy', `${rollout.policy.kind}, ${rollout.policyDigest}`],
          ['soaked in this stage', duration.format(Math.round(soaked(rollout) / 1000) * 1000)],
        ] as [string, string][])
      : []),
    ...(promoted === null
      ? []
      : ([['the old slot stays warm until', at(promoted + inputs['keep-old'])]] as [string, string][])),
    ['next look', nextCheck === null ? 'none' : at(nextCheck)],
  ];
}

function evidence(rollout: Rollout): Block[] {
  const over = rollout.phase === 'complete' || rollout.phase === 'watched';
  const steps = parsePlan(rollout.plan).map((stage, i) => ({
    label: `${stage.percent} % for ${duration.format(stage.soakMs)}`,
    state:
      over || i < rollout.stage
        ? ('done' as const)
        : i > rollout.stage
          ? ('pending' as const)
          : rollout.phase === 'rolled-back'
            ? ('failed' as const)
            : ('current' as const),
  }));
  const live = metricsOf(rollout.totals.live);
  const candidate = metricsOf(rollout.totals.candidate);
  const names = [...new Set([...Object.keys(live), ...Object.keys(candidate)])];
  return [
    { type: 'heading', text: 'Plan' },
    { type: 'flow', steps },
    { type: 'heading', text: 'Guards' },
    {
      type: 'table',
      columns: ['guard', 'value', 'acts at', 'reading'],
      rows: rollout.readings.map((r) => [r.guard, r.value, r.threshold, r.text]),
    },
    { type: 'heading', text: 'Figures of this stage' },
    {
      type: 'table',
      columns: ['figure', 'live version', 'new version'],
      rows: names.map((n) => [n, live[n] ?? 'not measured', candidate[n] ?? 'not measured']),
    },
  ];
}

function past({ history }: RolloutState): Block[] {
  if (history.length === 0) return [];
  const rows = history
    .toReversed()
    .map((h) => [h.version, h.runId, at(h.completedAt), h.revertedAt === undefined ? '' : at(h.revertedAt)]);
  return [
    { type: 'heading', text: 'Versions that went all the way' },
    { type: 'table', columns: ['version', 'run', 'completed', 'taken back'], rows },
  ];
}
