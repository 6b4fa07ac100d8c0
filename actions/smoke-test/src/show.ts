import type { Probe, Summary } from '@sluice/inference';
import type { Block, Cell, Report, TestCase } from '@sluice/report';
import { type Check, excerpt } from './ask.ts';

interface Shown {
  readonly model: string | undefined;
  readonly endpoint: string;
  readonly checks: readonly Check[];
  readonly probes: readonly Probe[];
  readonly summary: Summary;
  readonly memoryBytes: number | undefined;
  readonly facts: readonly (readonly [string, string])[];
  /** The last lines of a server that we started and that ended by itself. */
  readonly tail: readonly string[];
}

/** Whether the server is healthy, in one sentence. */
export function sentence(checks: readonly Check[]): string {
  const failed = checks.filter((c) => !c.passed);
  if (failed.length === 0) return `all ${checks.length} checks passed`;
  const first = failed[0] as Check;
  return `${failed.length} of ${checks.length} checks failed; ${first.name}: ${first.detail}`;
}

export function reportOf(shown: Shown): Report {
  const { checks, summary } = shown;
  const healthy = checks.every((c) => c.passed);
  return {
    title: `Smoke test of ${shown.model ?? shown.endpoint}`,
    verdict: { state: healthy ? 'pass' : 'fail', sentence: `${sentence(checks)}.` },
    blocks: [
      {
        type: 'facts',
        facts: [
          ['server', shown.endpoint],
          ...shown.facts,
          ['requests', summary.requests],
          ['failed', summary.failed],
          ...(summary.tokensPerSecond === undefined
            ? []
            : [
                [
                  'tokens a second',
                  `${summary.tokensPerSecond.toFixed(1)}${summary.tokensCounted ? '' : ' (estimated)'}`,
                ] as const,
              ]),
          ...(shown.memoryBytes === undefined
            ? []
            : [['memory', `${(shown.memoryBytes / 1e9).toFixed(2)} GB, without that of a GPU`] as const]),
        ],
      },
      { type: 'heading', text: 'Checks' },
      {
        type: 'table',
        columns: ['check', 'result', 'what was seen'],
        // what failed comes first: a shortened table loses its end
        rows: [...checks]
          .sort((a, b) => Number(a.passed) - Number(b.passed))
          .map((c) => [c.name, c.passed ? 'passed' : [{ strong: 'failed' }], c.detail]),
      },
      ...times(summary),
      ...answers(shown.probes),
      ...(shown.tail.length === 0
        ? []
        : [
            { type: 'heading', text: 'Last lines of the server' } as const,
            { type: 'code', language: 'text', text: shown.tail.join('\n') } as const,
          ]),
    ],
  };
}

const ms = (value: number | undefined): Cell =>
  value === undefined ? 'not measured' : value === Infinity ? 'endless' : Math.round(value);

function times(summary: Summary): Block[] {
  if (summary.requests === 0) return [];
  const row = (name: string, q: Summary['ttft']) => [
    name,
    ms(q.p50),
    ms(q.p99),
    ms(q.completedP50),
    ms(q.completedP99),
  ];
  return [
    { type: 'heading', text: 'Times' },
    {
      type: 'table',
      note: 'Milliseconds; a failed request counts as endless',
      columns: ['', 'median', 'P99', 'median, answered', 'P99, answered'],
      rows: [
        row('to the first token', summary.ttft),
        row('whole answer', summary.latency),
        ['each further token', ms(summary.tpotP50), '', ms(summary.tpotP50), ''],
      ],
    },
  ];
}

function answers(probes: readonly Probe[]): Block[] {
  if (probes.length === 0) return [];
  return [
    {
      type: 'details',
      summary: 'Answers',
      blocks: [
        {
          type: 'table',
          columns: ['prompt', 'asked for', 'ms', 'tokens', 'answer'],
          rows: probes.map(({ prompt, stream, exchange: e }) => [
            excerpt(prompt, 60),
            stream ? 'stream' : 'whole',
            Math.round(e.latencyMs),
            e.ok ? e.outputTokens : '',
            e.ok ? excerpt(e.text, 200) : [{ strong: e.kind }, ` ${e.message}`],
          ]),
        },
      ],
    },
  ];
}

export const testCases = (checks: readonly Check[]): TestCase[] =>
  checks.map((c) => ({
    suite: 'smoke-test',
    name: c.name,
    outcome: c.passed ? 'passed' : 'failed',
    ...(c.passed ? {} : { message: c.detail }),
  }));
