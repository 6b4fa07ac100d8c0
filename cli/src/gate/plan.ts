import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { type Plan, planGates, readGates, slicesNeeded } from '@sluice/evaluation';
import { columns, wrap } from '../help/layout.ts';
import { type Option, readOptions } from '../options.ts';
import { resultsAt } from '../review/results-at.ts';
import type { Scene } from '../scene.ts';

const OPTIONS = {
  gates: { description: 'The gates file.' },
  baseline: {
    description:
      "Results of the live version: a file or folder that an evaluation wrote, also '<file>#<column>', or the run that an eval-gate judged.",
  },
  json: { description: 'One JSON object.', alone: true },
  help: { description: 'This text.', alone: true },
} as const satisfies Record<string, Option>;

/** `sluice gate plan`: what gates can and cannot decide with a data set, before anything is evaluated. */
export async function gate(argv: readonly string[], scene: Scene, asksHelp: boolean): Promise<number> {
  const [word, ...rest] = argv;
  if (asksHelp) {
    const rows = Object.entries(OPTIONS).map(([name, option]): [string, string] => [
      `--${name}`,
      option.description,
    ]);
    const head =
      'sluice gate plan: what gates can and cannot decide with a data set, before anything is evaluated';
    scene.stdout.write([head, '', ...columns(rows, scene.width), ''].join('\n'));
    return 0;
  }
  if (word !== 'plan') throw new UserError(`gate knows one command: plan; given: ${word ?? 'nothing'}`);
  const { options, words } = readOptions(rest, OPTIONS);
  if (words.length > 0) throw new UserError(`plan takes options only; given: ${words.join(' ')}`);
  const { gates, baseline } = options;
  if (!gates || !baseline)
    throw new UserError('gate plan needs --gates <file> and --baseline <results of the live version>');
  const text = await readFile(resolve(scene.cwd, gates), 'utf8').catch((error: unknown) => {
    throw new UserError(`--gates: ${gates} cannot be read (${messageOf(error)})`);
  });
  const document = readGates(text, gates);
  const reading = {
    slices: slicesNeeded(document),
    ...(document.columns ? { columns: document.columns } : {}),
    predictions: document.scores,
    positive: document.positive === undefined ? undefined : String(document.positive),
  };
  const results = await resultsAt('baseline', baseline, reading, scene);
  const plan = planGates(document, results);
  scene.stdout.write(options.json ? `${JSON.stringify(plan)}\n` : asText(plan, scene.width));
  return 0;
}

function asText({ gates, jointPower }: Plan, width: number): string {
  if (gates.length === 0) return 'No gate of this file can be planned from the baseline.\n';
  const lines = gates.flatMap(({ sentence }) => wrap(`- ${sentence}`, width));
  const joint = jointPower
    ? [
        '',
        ...wrap(
          `All of them together are proven with a chance of ${percent(jointPower.independent)} (if they are independent; at least ${percent(jointPower.atLeast)}).`,
          width,
        ),
      ]
    : [];
  return `${[...lines, ...joint].join('\n')}\n`;
}

const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
