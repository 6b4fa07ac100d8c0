import { type Plan, planGates } from '@sluice/evaluation';
import { type Block, type Cell, formatNumber } from '@sluice/report';
import type { Context } from './context.ts';
import { readConfig } from './evaluate.ts';
import { baselineOf, gatesOf } from './judge.ts';

/** What a dry run shows. */
export interface Foreseen {
  readonly sentence: string;
  /** Path of the HTML report. */
  readonly report: string;
}

/** Says what would be evaluated, and what the gates could decide with the items of the baseline. */
export async function foresee(context: Context): Promise<Foreseen> {
  const { inputs, host } = context;
  const { gates } = await gatesOf(context);
  const config = await readConfig(context);
  const baseline = await baselineOf(context, gates);
  const what = config.tasks?.join(', ') ?? config.command?.join(' ') ?? '';
  const where = inputs.endpoint ?? (inputs.start ? 'the server of start' : 'the model of the record');
  const variants = Object.keys(config.variants ?? {});
  const beside =
    variants.length === 0
      ? ''
      : ` in the variants ${variants.join(', ')} (the gates decide on ${config.candidate})`;
  const sentence = `would evaluate ${what} with ${inputs.evaluator} against ${where}${beside}, and ask ${gates.gates.length} gates`;
  const plan = baseline && planGates(gates, baseline, inputs.confidence);
  const report = await host.publish({
    title: 'Evaluation gate, dry run',
    verdict: { state: 'info', sentence },
    blocks: plan
      ? blocksOf(plan)
      : [
          {
            type: 'paragraph',
            text: 'Without a baseline nothing can be said of what the gates could decide.',
          },
        ],
  });
  return { sentence, report };
}

function blocksOf({ gates, jointPower }: Plan): Block[] {
  const cell = (value: number | null): Cell => value ?? '–';
  const rows = gates.flatMap((gate) =>
    gate.cases.map((c): Cell[] => [
      gate.name,
      gate.items,
      c.assumed,
      cell(c.provable),
      cell(c.detectable),
      c.chance === null ? '–' : `${formatNumber(100 * c.chance)} %`,
      cell(c.itemsNeeded),
    ]),
  );
  const joint = jointPower
    ? [
        `Chance that all are proven at once when nothing changed: ${formatNumber(100 * jointPower.independent)} % if they are independent.`,
      ]
    : [];
  return [
    {
      type: 'table',
      columns: [
        'Gate',
        'Items',
        'Assumed',
        'Smallest margin proven',
        'Smallest difference shown',
        'Chance to prove it',
        'Items needed',
      ],
      rows,
    },
    ...[...gates.map((gate) => gate.sentence), ...joint].map((text): Block => ({ type: 'paragraph', text })),
  ];
}
