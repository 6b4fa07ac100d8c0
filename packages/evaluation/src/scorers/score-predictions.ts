import { UserError } from '@sluice/contract';
import type { TaskBuilder } from '../results/task-builder.ts';
import { BINARY_SCORES, CORPUS_METRICS } from './corpus-metrics.ts';
import { CHINESE_SCORES, ITEM_SCORES, LOWER_IS_BETTER, type PredictionScore } from './prediction-scores.ts';
import type { ScoreOptions } from './score-options.ts';
import type { WordCutter } from './word-cutter.ts';

/** Scores predictions, one after the other. */
export interface PredictionScorer {
  add(builder: TaskBuilder, row: number, prediction: string | null, references: readonly string[]): void;
  /** How it was scored, where there are several ways: results that were scored otherwise are not comparable. */
  readonly settings: string | null;
  /** @throws UserError when no item had the label that was asked for */
  finish(): void;
}

export interface PredictionOptions {
  readonly positive?: string | undefined;
  /** Who cut the Chinese texts into words, and the words between spaces. */
  readonly words?: { readonly name: WordCutter['name']; readonly spaced: ReadonlyMap<string, string> };
}

const POSITIVE = '1';

export function predictionScorer(
  names: readonly PredictionScore[],
  { positive = POSITIVE, words }: PredictionOptions = {},
): PredictionScorer {
  const options: ScoreOptions = {
    positive,
    spacedWords: words ? (text) => words.spaced.get(text) ?? '' : null,
  };
  const items = names.flatMap((name) =>
    name in ITEM_SCORES
      ? [
          {
            name,
            filter: words && CHINESE_SCORES.has(name) ? (words.name.split(' ')[0] as string) : null,
            score: ITEM_SCORES[name as keyof typeof ITEM_SCORES](options),
          },
        ]
      : [],
  );
  const corpora = names.flatMap((name) => {
    const metric = name in CORPUS_METRICS ? CORPUS_METRICS[name as keyof typeof CORPUS_METRICS] : null;
    return metric ? [{ name, count: metric.counter(options), kind: metric.kind }] : [];
  });
  const binary = names.find((name) => BINARY_SCORES.has(name));
  const seen = new Set<string>();
  const settings = [
    ...(names.some((name) => CHINESE_SCORES.has(name)) ? [`Chinese by ${words?.name ?? 'characters'}`] : []),
    ...(binary === undefined ? [] : [`positive ${positive}`]),
  ];
  return {
    settings: settings.length === 0 ? null : settings.join(', '),
    add: (builder, row, prediction, references) => {
      for (const { name, filter, score } of items) {
        builder.print(name, filter, { higherIsBetter: !LOWER_IS_BETTER.has(name) });
        builder.score(row, name, filter, prediction === null ? null : score(prediction, references));
      }
      for (const { name, count, kind } of corpora) {
        builder.print(name, null, { higherIsBetter: true });
        builder.corpus(row, name, null, kind, prediction === null ? null : count(prediction, references));
      }
      if (binary !== undefined && seen.size < MOST_SHOWN)
        for (const label of [prediction, references[0]]) if (label != null) seen.add(label.trim());
    },
    finish: () => {
      if (binary === undefined || seen.size >= MOST_SHOWN || seen.has(positive)) return;
      throw new UserError(
        `${binary} is of one label, and no item has '${positive}'; name it with \`positive: …\` (there are ${[...seen].join(', ')}), or ask for ${binary}_macro`,
      );
    },
  };
}

const MOST_SHOWN = 20;
