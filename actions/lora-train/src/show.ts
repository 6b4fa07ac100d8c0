import type { Block, Report } from '@sluice/report';
import type { CurvePoint } from './loss-curve.ts';
import type { Sources } from './sources.ts';

interface Shown {
  readonly runId: string;
  /** Page of the run on the tracking server. */
  readonly page: string | undefined;
  readonly sentence: string;
  readonly sources: Sources;
  readonly environmentDigest: string;
  readonly adapter: { readonly ref: string; readonly digest: string; readonly size: number };
  readonly points: readonly CurvePoint[];
}

/** What was trained, from what, and how its loss went. */
export function reportOf(shown: Shown): Report {
  const { sources, adapter, page, runId } = shown;
  return {
    title: 'LoRA training',
    verdict: { state: 'info', sentence: shown.sentence },
    blocks: [
      {
        type: 'facts',
        facts: [
          ['run', page === undefined ? runId : [{ link: page, text: runId }]],
          ['adapter', adapter.ref],
          ['adapter digest', adapter.digest],
          ['adapter size', `${adapter.size} bytes`],
          ['base model', sources.baseModelDigest],
          ['data', sources.dataVersion],
          ['hyperparameters', sources.hyperparametersDigest],
          ['environment', shown.environmentDigest],
        ],
      },
      ...curve(shown.points),
      {
        type: 'details',
        summary: 'Hyperparameters',
        blocks: [{ type: 'code', language: 'json', text: JSON.stringify(sources.options, null, 2) }],
      },
    ],
  };
}

function curve(points: readonly CurvePoint[]): Block[] {
  if (points.length < 2) return [];
  const series = [{ name: 'loss', points: points.map(({ step, loss }) => ({ x: step, y: loss })) }];
  return [{ type: 'chart', kind: 'line', title: 'Training loss', x: 'number', xLabel: 'step', series }];
}
