import { messageOf, UserError } from '@sluice/contract';
import { type LedgerRound, meanOf, type Slot } from '@sluice/online-evaluation';
import type { Block } from '@sluice/report';
import { otherSlot, type Rollout } from '@sluice/rollout';
import { sourceParts } from '../metrics.ts';
import type { Scene } from '../scene.ts';
import { ledgerPlace } from './ledger-place.ts';

/** Rounds of the table; the curves show all. */
const SHOWN = 24;

/** What the online evaluation of a rollout found; nothing where there is none. */
export async function onlineBlocks(scene: Scene, rollout: Rollout | null): Promise<Block[]> {
  if (!rollout || sourceParts(rollout.metricSource).online === undefined) return [];
  try {
    const held = await ledgerPlace(scene, rollout.runId).read();
    const rounds = held?.ledger.rounds ?? [];
    return rounds.length === 0 ? [] : blocksOf(rounds, rollout);
  } catch (error) {
    // what was decided has been carried out, and is shown without them
    if (!(error instanceof UserError)) throw error;
    scene.host.log.warn(`online evaluation: ${messageOf(error)}`);
    return [];
  }
}

/** A curve a scorer and version, and the newest rounds as a table. */
export function blocksOf(rounds: readonly LedgerRound[], { candidate }: Pick<Rollout, 'candidate'>): Block[] {
  const live = otherSlot(candidate);
  const names = [...new Set(rounds.flatMap(({ outcomes }) => Object.keys(outcomes)))];
  const mean = (round: LedgerRound, name: string, slot: Slot): number | undefined => {
    const scored = round.outcomes[name]?.[slot];
    return scored && meanOf(scored);
  };
  const curve = (name: string, slot: Slot, role: string) => ({
    name: `${name}, ${role} version`,
    points: rounds.flatMap((round) => {
      const value = mean(round, name, slot);
      return value === undefined ? [] : [{ x: round.period.to, y: value }];
    }),
  });
  const rows = rounds.slice(-SHOWN).flatMap((round) => {
    const until = new Date(round.period.to).toISOString().replace(/\.\d+Z$/, 'Z');
    if (Object.keys(round.outcomes).length === 0)
      return [[until, 'not scored', '', '', round.notes.at(-1) ?? '']];
    return Object.entries(round.outcomes).map(([name, { paired, ...outcome }]) => [
      until,
      name,
      mean(round, name, live) ?? '',
      mean(round, name, candidate) ?? '',
      paired
        ? `${paired.pairs} pairs: ${candidate === 'canary' ? paired.higher : paired.lower} better, ${candidate === 'canary' ? paired.lower : paired.higher} worse`
        : `${outcome[live].scores.length} and ${outcome[candidate].scores.length} answers`,
    ]);
  });
  return [
    { type: 'heading', text: 'Online evaluation' },
    ...(names.length === 0
      ? []
      : [
          {
            type: 'chart' as const,
            kind: 'line' as const,
            title: 'Mean scores of sampled answers',
            x: 'time' as const,
            series: names.flatMap((name) => [curve(name, live, 'live'), curve(name, candidate, 'new')]),
          },
        ]),
    { type: 'table', columns: ['until', 'scorer', 'live version', 'new version', 'of'], rows },
  ];
}
