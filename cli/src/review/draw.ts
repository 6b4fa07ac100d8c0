import { randomBytes, randomInt } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { UserError } from '@sluice/contract';
import {
  type Drawn,
  drawReview,
  REVIEW_FORMS,
  type ReviewForm,
  reviewPage,
  type Stratify,
  sheetCsv,
} from '@sluice/evaluation';
import { wrap } from '../help/layout.ts';
import { type Option, readOptions } from '../options.ts';
import type { Scene } from '../scene.ts';
import { gatesAt } from './gates-at.ts';
import { resultsAt } from './results-at.ts';

const SAMPLES = 50;

export const DRAW = {
  candidate: {
    description:
      "The candidate's results: a file or folder that an evaluation wrote, or the run that an eval-gate judged.",
  },
  baseline: { description: "The live version's results: the same. Its answers are then judged too." },
  out: { description: 'Folder for the form, the sheet and the key.' },
  form: {
    description:
      'acceptable (yes or no, one answer at a time; the default), scale (1 to 5), or pairs (which of two is better).',
  },
  samples: { description: `Items to draw. Default: what the gates ask for, else ${SAMPLES}.` },
  stratify: { description: 'task (the default), or slice:<column>: each gets its share of the samples.' },
  seed: { description: 'Whole number that fixes which items are drawn; printed. Default: random.' },
  gates: { description: 'The gates file, for its `review` (samples) and `columns`.' },
  title: { description: 'What the form is called. Reviewers read it.' },
  json: { description: 'One JSON object.', alone: true },
} as const satisfies Record<string, Option>;

/** Draws a sample and writes what reviewers get, and the key that they must not have. */
export async function draw(argv: readonly string[], scene: Scene): Promise<number> {
  const { options, words } = readOptions(argv, DRAW);
  if (words.length > 0) throw new UserError(`review draw takes options only; given: ${words.join(' ')}`);
  if (!options.candidate || !options.out)
    throw new UserError('review draw needs --candidate <results> and --out <folder>');
  const gates = await gatesAt(options.gates, scene);
  const stratify = stratifyOf(options.stratify ?? 'task');
  const read = {
    slices: stratify.by === 'slice' ? [stratify.slice] : [],
    ...(gates?.columns ? { columns: gates.columns } : {}),
    predictions: gates?.scores,
  };
  const folder = resolve(scene.cwd, options.out);
  const files = {
    form: join(folder, 'for-reviewers', 'review.html'),
    sheet: join(folder, 'for-reviewers', 'review.csv'),
    key: join(folder, 'review-key.json'),
  };
  if (await isThere(files.key))
    throw new UserError(
      `${options.out} holds the key of a sample already; whoever overwrites it loses that review. Take another folder`,
    );
  const candidate = await resultsAt('candidate', options.candidate, read, scene);
  const baseline = options.baseline ? await resultsAt('baseline', options.baseline, read, scene) : null;
  const drawn = await drawReview(candidate, baseline, {
    form: formOf(options.form),
    samples: wholeNumber('samples', options.samples, 1) ?? gates?.review?.samples ?? SAMPLES,
    stratify,
    seed: wholeNumber('seed', options.seed, 0) ?? randomInt(2 ** 31),
    secret: randomBytes(32),
    title: options.title ?? 'Which answers are good?',
  });
  await mkdir(join(folder, 'for-reviewers'), { recursive: true });
  await writeFile(files.form, reviewPage(drawn.sheet));
  await writeFile(files.sheet, sheetCsv(drawn.sheet));
  await writeFile(files.key, `${JSON.stringify(drawn.key, null, 1)}\n`, { mode: 0o600, flag: 'wx' });
  const places = Object.fromEntries(
    Object.entries(files).map(([name, path]) => [name, relative(scene.cwd, path) || path]),
  ) as typeof files;
  scene.stdout.write(
    options.json ? `${JSON.stringify(asJson(drawn, places))}\n` : asText(drawn, places, scene),
  );
  return 0;
}

type Places = Readonly<Record<'form' | 'sheet' | 'key', string>>;

function asJson({ key, sheet }: Drawn, files: Places): object {
  const { sample, form, seed, strata } = key;
  return { sample, form, seed, items: key.items.length, cards: sheet.cards.length, strata, files };
}

function asText({ key, sheet }: Drawn, files: Places, { width }: Scene): string {
  const identical = key.items.filter((item) => item.identical).length;
  const lines = [
    `${key.items.length} items drawn with seed ${key.seed}, ${sheet.cards.length} to rate (form ${key.form}).`,
    ...key.strata.map(({ name, items, drawn }) => `  ${name}: ${drawn} of ${items}`),
    ...(identical > 0
      ? [
          key.form === 'pairs'
            ? `${identical} answers are the same in both versions: ties that nobody is asked about.`
            : `${identical} answers are the same in both versions and are rated once.`,
        ]
      : []),
    '',
    `For the reviewers: ${files.form} (opens in any browser) or ${files.sheet}.`,
    `For you alone:     ${files.key} tells which version wrote what.`,
    '',
    `Then: sluice review read --key ${files.key} <ratings>`,
  ];
  return `${lines.flatMap((line) => (line.startsWith(' ') ? [line] : wrap(line, width))).join('\n')}\n`;
}

function stratifyOf(text: string): Stratify {
  if (text === 'task') return { by: 'task' };
  const [, slice] = /^slice:(.+)$/.exec(text) ?? [];
  if (slice === undefined) throw new UserError(`--stratify is '${text}' (allowed: task, slice:<column>)`);
  return { by: 'slice', slice };
}

function formOf(text: string | undefined): ReviewForm {
  const form = REVIEW_FORMS.find((one) => one === (text ?? 'acceptable'));
  if (!form) throw new UserError(`--form is '${text}' (allowed: ${REVIEW_FORMS.join(', ')})`);
  return form;
}

function wholeNumber(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new UserError(`--${name} is '${text}'; expected a whole number from ${least}`);
  return value;
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
