import { type Outputs, type RunId, version } from '@sluice/contract';
import { gateName } from '@sluice/evaluation';
import type { Host, Outcome } from '@sluice/host';
import { type Context, type In, openContext, runOf } from './context.ts';
import type { definition } from './definition.ts';
import type { FailedGate } from './failed-gates.ts';
import { type Judgement, judge } from './judge.ts';
import { keep } from './keep.ts';
import { checkRegistered, type Registered, register } from './register.ts';
import { sentenceOf } from './report/sentence.ts';
import { shortFailed, shortFigures } from './short-outputs.ts';
import { show } from './show.ts';
import { stated } from './statement.ts';

type Out = Outputs<(typeof definition)['outputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  checkRegistered(inputs);
  const context = await openContext(inputs, host);
  try {
    return await decided(context);
  } finally {
    await context.tracker.close();
  }
}

async function decided(context: Context): Promise<Outcome<(typeof definition)['outputs']>> {
  const { inputs, host, tracker } = context;
  if (inputs['dry-run'] && inputs.evaluator !== 'none') return foreseen(context);
  const judgement = await judge(context);
  const approved = judgement.report.decision === 'approve';
  if (inputs['dry-run']) {
    return finish(context, judgement, { run: inputs['run-id'] ?? 'none', record: inputs.record ?? 'none' });
  }
  const { id: runId, begun } = await runOf(context);
  const stored = await keep(context, runId, judgement);
  const registered =
    approved && inputs.register !== undefined ? await register(context, runId, stored.candidate) : undefined;
  const record = await stated(context, runId, judgement, stored, registered);
  if (context.targets.length > 0)
    await (await import('./remember.ts')).remember(context, judgement, runId, registered);
  if (begun) await tracker.finish(runId, 'FINISHED', host.now().getTime());
  return finish(context, judgement, { run: runId, record, registered });
}

/** A dry run evaluates nothing: it says what would be evaluated, and what the gates could decide with it. */
async function foreseen(context: Context): Promise<Outcome<(typeof definition)['outputs']>> {
  const { inputs } = context;
  const { foresee } = await import('./foresee.ts');
  const { sentence, report } = await foresee(context);
  const outputs: Out = {
    deploy: false,
    decision: 'undecided',
    'failed-gates': [],
    metrics: {},
    'model-version': 'none',
    'registry-version': 'none',
    report,
    'run-id': inputs['run-id'] ?? 'none',
    record: inputs.record ?? 'none',
  };
  return { outputs, sentence };
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
    'failed-gates': shortFailed(failedOf(judgement)),
    metrics: shortFigures(judgement),
    'model-version': registered?.version ?? 'none',
    'registry-version': registered?.registryVersion ?? 'none',
    report: html,
    'run-id': run,
    record,
  };
  const said = sentenceOf(judgement);
  const sentence = registered ? `${said} Registered as ${version.format(registered.version)}.` : said;
  return { outputs, sentence, ...(approved ? {} : { refused: said }) };
}

/** The gates that did not approve; a gate of many slices is one gate. */
function failedOf({ gates, report }: Judgement): FailedGate[] {
  const names = new Map(gates.gates.map((gate, i) => [i, gateName(gate)]));
  const worst = new Map<string, FailedGate>();
  for (const { gate, name, decision } of report.gates) {
    const own = names.get(gate) ?? name;
    if (decision === 'reject' || (decision === 'undecided' && !worst.has(own)))
      worst.set(own, { name: own, decision });
  }
  return [...worst.values()];
}
