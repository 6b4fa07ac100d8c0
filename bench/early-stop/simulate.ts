import { LOOKS, type StopMethod, sharesAtLook } from '@sluice/evaluation';
import { drawBinomial, Generator, itemsForMargin, normalQuantile, tangoStatistic } from '@sluice/statistics';

/** Paired 0/1 scores on which a gate `not-worse-than: baseline` is asked. */
export interface Cell {
  /** Share of items that the two versions answer differently. */
  readonly discordance: number;
  readonly margin: number;
  /** Items, as a multiple of those that give the fixed test a power of 80 %. */
  readonly multiple: number;
}

/** How far the candidate truly is from the baseline, in margins. At the margin itself every approval is false. */
export const TRUTHS = { unchanged: 0, 'twice the margin worse': -2, 'at the margin': -1 } as const;
export type Truth = keyof typeof TRUTHS;

export type Method = 'all items' | StopMethod;
export const METHODS: readonly Method[] = ['all items', 'planned-looks', 'when-decided'];

/** What a method came to in many experiments. */
export interface Result {
  readonly cell: Cell;
  readonly truth: Truth;
  readonly method: Method;
  readonly items: number;
  readonly runs: number;
  readonly approved: number;
  readonly rejected: number;
  /** Mean share of the items that were evaluated. */
  readonly used: number;
}

const ALPHA = 0.05;
const Z = -normalQuantile(ALPHA);

export function itemsOf({ discordance, margin, multiple }: Cell): number {
  return Math.round(multiple * itemsForMargin(discordance, margin, { alpha: ALPHA, power: 0.8, sides: 1 }));
}

/** Runs one method on `runs` experiments; every method sees the same ones. */
export function simulate(
  cell: Cell,
  truth: Truth,
  method: Method,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Result {
  const random = Generator.fromSeed(seed);
  const items = itemsOf(cell);
  let [approved, rejected, used] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const path = walk(cell, TRUTHS[truth] * cell.margin, items, random);
    const end = method === 'all items' ? fixed(path, cell) : stopped(path, cell, method);
    approved += Number(end.decision === 'approve');
    rejected += Number(end.decision === 'reject');
    used += end.used / items;
  }
  return { cell, truth, method, items, runs, approved, rejected, used: used / runs };
}

/** Both kinds of looks divide the items into parts of this size at least. */
const STEPS = 20;

interface Counts {
  readonly items: number;
  readonly gains: number;
  readonly losses: number;
}

/** The counts after each twentieth of the items. */
function walk({ discordance }: Cell, difference: number, items: number, random: Generator): Counts[] {
  const gain = (discordance + difference) / 2;
  const loss = (discordance - difference) / 2;
  let [seen, gains, losses] = [0, 0, 0];
  return Array.from({ length: STEPS }, (_, step) => {
    const next = Math.ceil((items * (step + 1)) / STEPS);
    const lost = drawBinomial(random, next - seen, loss);
    gains += drawBinomial(random, next - seen - lost, gain / (1 - loss));
    losses += lost;
    seen = next;
    return { items: seen, gains, losses };
  });
}

interface End {
  readonly decision: 'approve' | 'reject' | 'undecided';
  readonly used: number;
}

/** Tango's score test on all items, both sides. */
function fixed(path: readonly Counts[], { margin }: Cell): End {
  const all = path.at(-1) as Counts;
  const z = tangoStatistic(all, -margin);
  return { decision: z >= Z ? 'approve' : z <= -Z ? 'reject' : 'undecided', used: all.items };
}

/** What the action does: the first look that decides ends it. */
function stopped(path: readonly Counts[], { margin }: Cell, method: StopMethod): End {
  const looks = LOOKS[method];
  for (let look = 1; look <= looks; look++) {
    const counts = path[(look * STEPS) / looks - 1] as Counts;
    const test = sharesAtLook(counts, { method, look, looks }, { alpha: ALPHA, test: 'auto', family: 1 });
    if (test.above(-margin) <= ALPHA) return { decision: 'approve', used: counts.items };
    if (test.below(-margin) <= ALPHA) return { decision: 'reject', used: counts.items };
  }
  return { decision: 'undecided', used: (path.at(-1) as Counts).items };
}
