import type { PairedCounts } from '@sluice/statistics';
import { describe, expect, it } from 'vitest';
import { clusterLabels, runClustered } from './clustered.ts';
import type { RuleResult } from './decision.ts';
import { SUPERIORITY, withPeers } from './differences.ts';
import { type Experiment, runExperiment } from './experiment.ts';
import { type PairedOutcome, type PairedSharesRule, runPairedShares } from './paired-shares.ts';
import { PAIRED_SHARES_RULES } from './paired-shares-rules.ts';
import { runRepeats } from './repeats.ts';
import { broken, markdown, rateOf } from './table.ts';

const runs = { runs: 1500, seed: 3 };

function ours(results: readonly RuleResult[]): RuleResult {
  return results.find(({ rule }) => rule.startsWith('Sluice')) as RuleResult;
}

describe('false approvals at a true regression of the margin', () => {
  it('paired 0/1, sparse: the exact tail holds where a t interval approves every third', async () => {
    const cell = { items: 100, margin: 0.01, discordance: 0.01, accuracy: 0.8 };
    const results = await runPairedShares(cell, PAIRED_SHARES_RULES, runs);
    expect(rateOf(ours(results).atMargin, 'approve').lower).toBeLessThan(5);
    const t = results.find(({ rule }) => rule.includes('t interval')) as RuleResult;
    expect(rateOf(t.atMargin, 'approve').lower).toBeGreaterThan(25);
    expect(broken(results, () => 5)).toEqual([]);
  });
  it('clusters: under five are undecided, one that dominates does not break the level', () => {
    const common = { margin: 0.05, correlation: 0.3, discordance: null };
    const few = ours(runClustered({ ...common, clusters: 3, sizes: 'equal' }, runs));
    expect(few.atMargin.undecided).toBe(runs.runs);
    const dominated = runClustered({ ...common, clusters: 20, sizes: 'dominated' }, runs);
    expect(rateOf(ours(dominated).atMargin, 'approve').lower).toBeLessThan(6);
    const plain = dominated.find(({ rule }) => rule.includes('ignored')) as RuleResult;
    expect(rateOf(plain.atMargin, 'approve').lower).toBeGreaterThan(15);
  });
  it('repeats are not items', () => {
    const cell = { items: 20, repeats: 5, margin: 0.1, discordance: 0.2, noise: 0.2 };
    const results = runRepeats(cell, runs);
    expect(rateOf(ours(results).atMargin, 'approve').lower).toBeLessThan(6);
    const pooled = results.find(({ rule }) => rule.includes('counted as items')) as RuleResult;
    expect(rateOf(pooled.atMargin, 'approve').lower).toBeGreaterThan(10);
  });
});

describe('a published gate beside ours', () => {
  const experiment = SUPERIORITY[0] as Experiment<PairedCounts>;
  const peerOf = (largest: number) => {
    const asked: PairedOutcome[] = [];
    const decide: PairedSharesRule['decide'] = async (outcomes) => {
      asked.push(...outcomes);
      return outcomes.map(({ gains, losses }) => (gains > losses ? 'approve' : 'reject'));
    };
    return { asked, rule: { name: 'a peer', largest, decide } };
  };
  it('is asked each outcome once, and sees the experiments that ours sees', async () => {
    const { asked, rule } = peerOf(50);
    const results = runExperiment(await withPeers(experiment, [rule], runs), runs);
    const [peer, means] = ['a peer', 'compare two means'].map((name) =>
      results.find((result) => result.rule === name),
    ) as [RuleResult, RuleResult];
    expect(peer).toEqual({ ...means, rule: 'a peer' });
    const pairs = asked.map(({ gains, losses }) => `${gains}/${losses}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const { items, gains, losses, bothRight } of asked)
      expect(gains + losses + bothRight).toBeLessThanOrEqual(items);
  });
  it('is left out of cells that are too large for it', async () => {
    const { asked, rule } = peerOf(49);
    expect((await withPeers(experiment, [rule], runs)).rules).toEqual(experiment.rules);
    const cell = { items: 50, margin: 0.05, discordance: 0.06, accuracy: 0.8 };
    expect(await runPairedShares(cell, [rule], runs)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('the bench itself', () => {
  it('one cluster of the dominated kind holds a third of the items', () => {
    const labels = clusterLabels({ clusters: 20, sizes: 'dominated' });
    expect(labels.filter((g) => g === 0).length / labels.length).toBeCloseTo(1 / 3, 10);
  });
  it('a rule of ours that approves too often is said', () => {
    const bad: RuleResult = {
      cell: 'c',
      rule: 'Sluice: wrong',
      atMargin: { approve: 200, reject: 0, undecided: 800 },
      unchanged: { approve: 1000, reject: 0, undecided: 0 },
    };
    expect(broken([bad], () => 5)).toEqual([bad]);
    expect(broken([{ ...bad, rule: 'another' }], () => 5)).toEqual([]);
    expect(markdown([bad])).toContain(
      '| Sluice: wrong | 20.0 [17.6, 22.6] | 0.0 [0.0, 0.4] | 0.0 [0.0, 0.4] | 100.0 [99.6, 100.0] |',
    );
  });
});
