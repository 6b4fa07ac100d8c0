import { messageOf, version } from '@sluice/contract';
import { type VersionFigures, writeHistory } from '@sluice/tracking';
import type { Context } from './context.ts';
import type { Judgement } from './judge.ts';
import type { Registered } from './register.ts';

/**
 * Writes this version's figures to each target. The decision is in the record by now: a monitoring that does not answer is a
 * warning, never a reason to lose it.
 */
export async function remember(
  { inputs, host, targets }: Context,
  { figures, report }: Judgement,
  runId: string,
  registered: Registered | undefined,
): Promise<void> {
  const about: VersionFigures = {
    model: inputs.register,
    version: registered && version.format(registered.version),
    runId,
    commit: host.source.commit,
    decision: report.decision,
    at: host.now().getTime(),
    figures: Object.entries(figures).map(([name, value]) => {
      const gate = report.gates.find((g) => g.metric === name && g.baseline === null && g.interval !== null);
      return { name, value, lower: gate?.interval?.lower, upper: gate?.interval?.upper };
    }),
  };
  for (const target of targets) {
    try {
      await writeHistory(target, about, { signal: host.signal });
      host.log.info(`${about.figures.length} figures are kept at ${target.shown}`);
    } catch (error) {
      host.signal.throwIfAborted();
      host.log.warn(`the history was not kept: ${messageOf(error)}`);
    }
  }
}
