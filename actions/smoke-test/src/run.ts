import type { Outputs, RecordRef, RunId } from '@sluice/contract';
import type { Host, Outcome } from '@sluice/host';
import { summarize } from '@sluice/inference';
import { toGitlabMetrics, toJUnit } from '@sluice/report';
import { ask, type Check, type Findings } from './ask.ts';
import type { definition } from './definition.ts';
import { type Proven, provenIdentity } from './identity.ts';
import { judge } from './judge.ts';
import { measurements, rounded } from './measurements.ts';
import { type In, type Plan, readPlan } from './plan.ts';
import { type Server, serverOf } from './server.ts';
import { reportOf, sentence, testCases } from './show.ts';
import { runOf, stated, storeOf } from './statement.ts';

type Out = Outputs<(typeof definition)['outputs']>;

export async function run(inputs: In, host: Host): Promise<Outcome<(typeof definition)['outputs']>> {
  const plan = await readPlan(inputs, host);
  if (inputs['dry-run']) return announce(plan, inputs, host);
  const server = await serverOf(plan, host);
  try {
    const findings = await ask(plan, inputs, server, host);
    if (findings.checks.some((check) => !check.passed)) await server.settle();
    const checks = [
      ...findings.checks,
      ...stillAlive(server, plan),
      ...(findings.model ? judge(findings.summary, inputs) : []),
    ];
    return await conclude({ ...findings, checks }, server, inputs, host);
  } finally {
    await server.stop();
  }
}

/** A server that dies of a question has not passed, even if it answered it. */
function stillAlive(server: Server, plan: Plan): Check[] {
  if ('endpoint' in plan.server) return [];
  const passed = server.alive();
  return [
    {
      name: 'process',
      passed,
      detail: passed ? 'the server still runs' : 'the server ended during the test',
    },
  ];
}

/** Reports what was found, adds it to the record, gives the outputs. */
async function conclude(findings: Findings, server: Server, inputs: In, host: Host) {
  const { summary, model } = findings;
  const memoryBytes = await server.memory();
  const metrics = measurements(summary, memoryBytes);
  const belongs = inputs['run-id'] !== undefined || inputs.record !== undefined;
  const store = belongs ? await storeOf(inputs, host) : undefined;
  const proven: Proven = store
    ? await provenIdentity(inputs, model, store, host)
    : { identity: undefined, because: 'the test belongs to no run' };
  const checks = [
    ...findings.checks,
    ...(proven.mismatch ? [{ name: 'identity', passed: false, detail: proven.because }] : []),
  ];
  const json = `${JSON.stringify({ metrics, endpoint: server.endpoint, model: model ?? null, identity: proven, checks }, null, 2)}\n`;
  const runId = store && (await runOf(inputs, store));
  const record =
    store && runId && (await stated({ checks, metrics, json, proven }, runId, inputs, store, host));
  const report = await host.publish(
    reportOf({
      ...findings,
      checks,
      endpoint: server.endpoint,
      memoryBytes,
      facts: [...(runId ? [['run', runId] as const] : []), ['what it serves', proven.because]],
      tail: server.alive() ? [] : server.tail(),
    }),
    { comment: 'smoke-test' },
  );
  const finite = Object.fromEntries(
    Object.entries(metrics).filter((e): e is [string, number] => typeof e[1] === 'number'),
  );
  const [file] = await host.keep([
    { name: 'measurements.json', content: json, kind: 'json' },
    { name: 'junit.xml', content: toJUnit(testCases(checks)), kind: 'junit' },
    { name: 'metrics.txt', content: toGitlabMetrics(finite), kind: 'metrics' },
  ]);
  const failed = checks.filter((c) => !c.passed);
  const said = `${model ?? server.endpoint}: ${sentence(checks)}`;
  await host.commitStatus({
    context: 'smoke-test',
    state: failed.length === 0 ? 'success' : 'failure',
    description: sentence(checks).slice(0, 140).toWellFormed(),
  });
  return {
    outputs: outputsOf({ ...findings, checks }, { report, measurements: file as string, runId, record }),
    ...(failed.length === 0 ? {} : { refused: said }),
    sentence: said,
  };
}

interface Written {
  readonly report: string;
  readonly measurements: string;
  readonly runId: RunId | undefined;
  readonly record: RecordRef | undefined;
}

function outputsOf({ checks, summary }: Findings, written: Written): Out {
  const value = (x: number | undefined) =>
    x === undefined || !Number.isFinite(x) ? ('none' as const) : rounded(x);
  const failed = checks.filter((c) => !c.passed).map((c) => c.name);
  return {
    healthy: failed.length === 0 && summary.requests > 0,
    requests: summary.requests,
    'error-rate': summary.requests === 0 ? 'none' : rounded(summary.errorRate),
    'ttft-p50-ms': value(summary.ttft.p50),
    'ttft-p99-ms': value(summary.ttft.p99),
    'latency-p50-ms': value(summary.latency.p50),
    'latency-p99-ms': value(summary.latency.p99),
    'tpot-p50-ms': value(summary.tpotP50),
    'tokens-per-second': value(summary.tokensPerSecond),
    'failed-checks': failed,
    report: written.report,
    measurements: written.measurements,
    'run-id': written.runId ?? 'none',
    record: written.record ?? 'none',
  };
}

/** Dry run: what would be asked. Nothing was measured, so nothing is healthy. */
async function announce(
  plan: Plan,
  inputs: In,
  host: Host,
): Promise<Outcome<(typeof definition)['outputs']>> {
  const where = 'endpoint' in plan.server ? plan.server.endpoint : plan.server.start.command.join(' ');
  const said = `dry run: would ask ${plan.prompts.length} prompts, whole and streamed, ${plan.checks.length} checks and ${plan.load?.requests ?? 0} requests of load, of ${where}`;
  const report = await host.publish({
    title: 'Smoke test',
    verdict: { state: 'info', sentence: `${said}.` },
    blocks: [{ type: 'table', columns: ['prompt'], rows: plan.prompts.map((p) => [p]) }],
  });
  const nothing: Findings = { model: plan.model, probes: [], checks: [], summary: summarize([], 0) };
  const [file] = await host.keep([{ name: 'measurements.json', content: '{"metrics":{}}\n', kind: 'json' }]);
  const written = { report, measurements: file as string, runId: inputs['run-id'], record: inputs.record };
  return { outputs: outputsOf(nothing, written), sentence: said };
}
