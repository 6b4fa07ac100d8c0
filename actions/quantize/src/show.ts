import type { QuantizingResult } from '@sluice/engines';
import type { Report, State } from '@sluice/report';
import type { Sources } from './sources.ts';

interface Shown {
  readonly runId: string;
  readonly scheme: string;
  readonly state: State;
  readonly sentence: string;
  readonly sources: Sources;
  readonly result: QuantizingResult;
  /** Undefined where it was refused. */
  readonly model: { readonly ref: string; readonly digest: string } | undefined;
}

const share = (value: number) => `${(100 * value).toFixed(2)} %`;

/** What was quantized, how much smaller it is, and what it lost. */
export function reportOf({ runId, scheme, state, sentence, sources, result, model }: Shown): Report {
  const { score, originalScore } = result;
  return {
    title: `Quantized to ${scheme}`,
    verdict: { state, sentence },
    blocks: [
      {
        type: 'table',
        columns: ['', 'before', 'after'],
        rows: [
          ['weights, bytes', String(result.originalBytes), String(result.sizeBytes)],
          ...(score === null || originalScore === null
            ? []
            : [['answer tokens predicted', share(originalScore), share(score)]]),
        ],
      },
      {
        type: 'facts',
        facts: [
          ['run', runId],
          ['model', model?.ref ?? 'none'],
          ['digest', model?.digest ?? 'none'],
          ['method', result.method],
          ['next tokens predicted alike, after reading it back', share(result.agreement)],
          [sources.adapter ? 'base model' : 'source model', sources.model.digest],
          ...(sources.adapter ? [['adapter', sources.adapter.digest] as [string, string]] : []),
        ],
      },
    ],
  };
}
