import { type Outputs, type RunId, version } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { type Context, type In, openContext, runOf } from './context.ts';
import type { definition } from './definition.ts';
import { type Judgement, judge } from './judge.ts';
import { keep } from './keep.ts';
import { checkRegistered, type Registered, register } from './register.ts';
import { show } from './show.ts';
import { stated } from './statement.ts';

type Out = Outputs<(typeof definition)['outputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  checkRegistered(inputs);
  const context = await openContext(inputs, host);
  const judgement = await judge(context);
  const approved = judgement.report.decision === 'approve';
  if (inputs['dry-run']) {
    return finish(context, judgement, { run: inputs['run-id'] ?? 'none', record: inputs.record ?? 'none' });
  }
  const runId = await runOf(context);
  const stored = await keep(context, runId, judgement);
  const registered =
    approved && inputs.register !== undefined ? await register(context, runId, stored.candidate) : undefined;
  const record = await stated(context, runId, judgement, stored, registered);
  return finish(context, judgement, { run: runId, record, registered });
}

interface Done {
  readonly run: RunId | 'none';
  readonly record: Out['record'];
  readonly registered?: Registered | undefined;
}

async function finish(
  context: Context,
  judgement: Judgement,
  { run, record, registered }: Done,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const { report } = judgement;
  const html = await show(context, judgement, run, registered);
  const approved = report.decision === 'approve';
  const outputs: Out = {
    deploy: approved && !context.inputs['dry-run'],
    decision: report.decision,
    'failed-gates': report.gates
      .filter((gate) => gate.decision !== 'approve')
      .map(({ name, decision }) => ({ name, decision })),
    metrics: judgement.figures,
    'model-version': registered?.version ?? 'none',
    'registry-version': registered?.registryVersion ?? 'none',
    report: html,
    'run-id': run,
    record,
  };
  const sentence = registered
    ? `${report.sentence} Registered as ${version.format(registered.version)}.`
    : report.sentence;
  return { outputs, sentence, ...(approved ? {} : { refused: report.sentence }) };
}
