import { messageOf, ProgramError, UserError } from '@sluice/contract';
import {
  batchesOf,
  type GateReport,
  type GatesDocument,
  LOOKS,
  type Look,
  mergeResults,
  type Results,
  reportWith,
  type Task,
} from '@sluice/evaluation';
import type { Evaluator } from './evaluate.ts';
import type { Part } from './evaluation/items.ts';

/** Where an evaluation that may stop early ended. */
export interface Stopped {
  readonly results: Results;
  readonly report: GateReport;
  readonly look: Look;
  /** Items that were evaluated, and that there are. */
  readonly used: number;
  readonly items: number;
  readonly claimed: boolean;
  readonly seconds: number;
}

/**
 * Evaluates in batches, in a random order that the seed fixes, and stops as soon as every gate is decided, or one is
 * shown to be violated. What a gate said at
 * the first look that decided it stands: a later look may not take it back.
 */
export async function untilDecided(
  gates: GatesDocument,
  evaluator: Evaluator,
  baseline: Results,
  read: (folder: string) => Promise<Results>,
  decideAt: (candidate: Results, look: Look) => Promise<GateReport>,
): Promise<Stopped> {
  const method = gates.stop as NonNullable<typeof gates.stop>;
  const looks = LOOKS[method];
  const batches = itemBatches(evaluator.tasks, baseline, gates.seed, looks);
  const parts: Results[] = [];
  const said = new Map<string, GateReport['gates'][number]>();
  let seconds = 0;
  let claimed = true;
  for (let k = 1; ; k++) {
    const evaluation = await evaluator.run(batches[k - 1] as Part);
    seconds += evaluation.seconds;
    claimed = evaluation.claimed;
    parts.push(await read(evaluation.folder));
    const asked = askedOf(batches.slice(0, k));
    const results = withShortage(joined(parts, asked), asked, gates.missing?.['at-most'] ?? 0);
    const look = { method, look: k, looks };
    const report = await decideAt(results, look);
    for (const gate of report.gates)
      if (gate.decision !== 'undecided' && isTested(gate) && !said.has(gate.name)) said.set(gate.name, gate);
    const rejected = [...said.values()].some((gate) => gate.decision === 'reject');
    const done =
      rejected || report.gates.every((gate) => gate.decision !== 'undecided' || said.has(gate.name));
    if (!done && k < looks && !hopeless(report, results)) continue;
    const items = [...askedOf(batches).values()].reduce((sum, count) => sum + count, 0);
    const used = results.tasks.reduce((sum, task) => sum + (task.items?.size ?? 0), 0);
    return {
      results,
      report: reportWith(
        report,
        report.gates.map((gate) => said.get(gate.name) ?? gate),
      ),
      look,
      used,
      items,
      claimed,
      seconds,
    };
  }
}

/** An estimate may still change with more items; what a test has shown stands. */
function isTested(gate: GateReport['gates'][number]): boolean {
  return gate.baseline !== null;
}

/** Nothing that more items of the same kind could mend. */
function hopeless({ comparability }: GateReport, { tasks }: Results): boolean {
  return !comparability.comparable || tasks.some((task) => task.incomplete > 0);
}

/** How many items of each task the batches hold. */
function askedOf(batches: readonly Part[]): Map<string, number> {
  const asked = new Map<string, number>();
  for (const { items } of batches)
    for (const [task, places] of Object.entries(items))
      asked.set(task, (asked.get(task) ?? 0) + places.length);
  return asked;
}

/** The batches as one. @throws ProgramError when an item was evaluated twice, or more of them than were asked for */
function joined(parts: readonly Results[], asked: ReadonlyMap<string, number>): Results {
  let results: Results;
  try {
    results = mergeResults(parts);
  } catch (error) {
    throw new ProgramError(
      `the batches of \`stop\` do not fit together: ${messageOf(error)}; the evaluator has to evaluate the items that it is given, and no others, and no two rows of the data set may have the same input and target`,
    );
  }
  for (const { name, items } of results.tasks) {
    const wanted = asked.get(name);
    if (wanted !== undefined && items && items.size > wanted)
      throw new ProgramError(
        `the evaluator was given ${wanted} items of ${name} so far, and its results hold ${items.size}; with \`stop\` it has to evaluate the items that it is given, and no others`,
      );
  }
  return results;
}

/**
 * Items that were asked for and are in no batch are missing: they are seldom a random part, and a file that leaves out what failed would
 * be stopped early as the better one.
 */
function withShortage(results: Results, asked: ReadonlyMap<string, number>, allowed: number): Results {
  const origins = new Map<Task, Task>();
  for (const task of results.tasks) {
    const wanted = asked.get(task.name) ?? 0;
    const short = wanted - (task.items?.size ?? wanted);
    const incomplete = short > wanted * allowed ? Math.max(task.incomplete, short) : task.incomplete;
    origins.set({ ...task, incomplete }, task);
  }
  const texts: Results['texts'] = (task, rows) => results.texts(origins.get(task) ?? task, rows);
  return { ...results, tasks: [...origins.keys()], texts };
}

function itemBatches(tasks: readonly string[], baseline: Results, seed: number, looks: number): Part[] {
  const wanted = tasks.length > 0 ? tasks : baseline.tasks.map((task) => task.name);
  const cut = wanted.map((name) => {
    const items = baseline.tasks.find((task) => task.name === name)?.items;
    const size = items?.size ?? 0;
    const doubles = items?.repeated ?? 0;
    // where every item is asked several times, about as many rows as items come again
    if (doubles > 0 && doubles < size / 2)
      throw new UserError(
        `stop: ${doubles} rows of ${name} have the id, or the input and target, of another one, so the data set has more rows than items and cannot be cut into batches; take them out of the data set, or leave \`stop\` out of the gates`,
      );
    if (size < looks)
      throw new UserError(
        `stop: the baseline has ${size} items of ${name}, fewer than the ${looks} looks; leave \`stop\` out of the gates`,
      );
    return { name, size, batches: batchesOf(size, seed, looks) };
  });
  const of = Object.fromEntries(cut.map(({ name, size }) => [name, size]));
  return Array.from({ length: looks }, (_, k) => ({
    items: Object.fromEntries(cut.map(({ name, batches }) => [name, batches[k] ?? []])),
    of,
  }));
}
