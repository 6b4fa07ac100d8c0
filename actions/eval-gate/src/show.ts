import { placesIn } from '@sluice/contract';
import type { GateOutcome } from '@sluice/evaluation';
import { type Report, toGitlabMetrics, toJUnit } from '@sluice/report';
import type { Context } from './context.ts';
import type { Judgement } from './judge.ts';
import type { Registered } from './register.ts';
import { sentenceOf } from './report/sentence.ts';
import { reportOf } from './report.ts';
import { type Trend, trendOf } from './trend.ts';

/** Report, comment, commit status, annotations, JUnit and GitLab's metrics; returns the path of the HTML. */
export async function show(
  context: Context,
  judgement: Judgement,
  run: string,
  registered: Registered | undefined,
): Promise<string> {
  const { host, inputs } = context;
  const { report, gatesFile, figures } = judgement;
  const failed = report.gates.filter((g) => g.decision !== 'approve');
  const lineOf = failed.length > 0 ? linesOf(judgement) : () => ({});
  for (const gate of failed) {
    host.annotate({
      level: gate.decision === 'reject' ? 'error' : 'warning',
      title: `${gate.name}: ${gate.decision}`,
      message: gate.reason,
      ...lineOf(gate),
      rule: 'eval-gate',
    });
  }
  await host.keep([
    {
      name: 'eval-gate.xml',
      kind: 'junit',
      content: toJUnit(
        report.gates.map((gate) => ({
          suite: 'gates',
          name: gate.name,
          outcome: OUTCOMES[gate.decision],
          message: gate.reason,
          ...('inline' in inputs.gates ? {} : { file: gatesFile }),
        })),
      ),
    },
    { name: 'eval-gate-metrics.txt', kind: 'metrics', content: toGitlabMetrics(figures) },
  ]);
  const trend: Trend | null = await trendOf(context, judgement, run);
  const page: Report = reportOf(judgement, { run, registered, trend, identity: context.identity });
  // two models judged for one commit must not overwrite each other's word
  const of = inputs.register === undefined ? '' : `/${inputs.register}`;
  const html = await host.publish(page, inputs.comment === 'auto' ? { comment: `eval-gate${of}` } : {});
  await host.commitStatus({
    context: `sluice/eval-gate${of}`,
    state: report.decision === 'approve' ? 'success' : 'failure',
    description: sentenceOf(judgement),
  });
  return html;
}

const OUTCOMES = { approve: 'passed', reject: 'failed', undecided: 'error' } as const;

/** Tells the line of a gate in its file; leakage and review have lines of their own. */
function linesOf({
  gates,
  gatesText,
  gatesFile,
}: Judgement): (gate: GateOutcome) => { file?: string; line?: number } {
  if (!/[\\/.]/.test(gatesFile)) return () => ({});
  const placeOf = placesIn(gatesText, gatesFile);
  return ({ gate: index, metric: asked }) => {
    if (gates.gates[index] === undefined) {
      const at = gatesText.split('\n').findIndex((line) => new RegExp(`^${asked}\\s*:`).test(line));
      return at < 0 ? { file: gatesFile } : { file: gatesFile, line: at + 1 };
    }
    const [, line] = /:(\d+):\d+$/.exec(placeOf(['gates', index])) ?? [];
    return { file: gatesFile, line: Number(line) };
  };
}
