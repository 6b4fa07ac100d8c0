import { UserError } from '@sluice/contract';
import { Generator, permutation } from '@sluice/statistics';
import type { ItemText, Results } from '../../results/results.ts';
import { answerDigest, answersDigest } from '../answers-digest.ts';
import type { ReviewForm } from '../form.ts';
import { KEY_SCHEMA, type ReviewKey } from '../key.ts';
import { type Card, type Sheet, sheetOf } from '../sheet/sheet.ts';
import { Blind } from './blind.ts';
import { type PoolItem, poolOf, type Stratify } from './pool.ts';
import { allocate } from './strata.ts';

export interface DrawOptions {
  readonly form: ReviewForm;
  readonly samples: number;
  readonly stratify: Stratify;
  /** Fixes which items are drawn. */
  readonly seed: number;
  /** Random bytes that fix sides, names and order; not kept. */
  readonly secret: Uint8Array;
  readonly title: string;
}

export interface Drawn {
  /** For the reviewers. */
  readonly sheet: Sheet;
  /** Not for the reviewers. */
  readonly key: ReviewKey;
}

/** An item that was drawn, with what both versions said. */
interface Chosen {
  readonly item: PoolItem;
  readonly stratum: string;
  readonly mine: ItemText;
  readonly theirs: ItemText | null;
}

type Version = 'candidate' | 'baseline';
type KeyedCard = Card & { readonly item: number; readonly shows: Version[] };

/**
 * Draws a stratified sample of the answers for people to judge, blind.
 * @throws UserError where there is nothing to judge, or there are more strata than samples
 */
export async function drawReview(
  candidate: Results,
  baseline: Results | null,
  options: DrawOptions,
): Promise<Drawn> {
  const { form, samples, seed } = options;
  if (form === 'pairs' && !baseline)
    throw new UserError('pairs need a baseline to compare with; give one, or ask form acceptable or scale');
  const pool = poolOf(candidate, baseline, options.stratify);
  if (pool.size > samples)
    throw new UserError(
      `${pool.size} strata and ${samples} samples: each stratum needs one at least; draw more, or stratify by something coarser`,
    );
  const random = Generator.fromSeed(seed);
  const wanted = allocate(
    [...pool.values()].map((items) => items.length),
    samples,
  );
  const chosen: Chosen[] = [];
  for (const [h, [stratum, items]] of [...pool].entries())
    chosen.push(...(await choose(items, stratum, wanted[h] as number, random, { candidate, baseline })));
  if (chosen.length === 0)
    throw new UserError(
      `${candidate.source}${baseline ? ` or ${baseline.source}` : ''} holds scores but no answers, so there is nothing to read; give the files that the evaluator wrote`,
    );
  const blind = new Blind(options.secret);
  const cards = chosen
    .flatMap((one, i) => cardsOf(one, i, form, blind))
    .sort((a, b) => (blind.token('order', a.id) < blind.token('order', b.id) ? -1 : 1));
  if (cards.length === 0)
    throw new UserError(
      `all ${chosen.length} answers that were drawn are the same in both versions: there is nothing to compare`,
    );
  const sheet = sheetOf(
    options.title,
    form,
    cards.map(({ id, input, reference, answers }) => ({ id, input, reference, answers })),
  );
  const sideOf = async (results: Results) => ({
    source: results.source,
    answers: await answersDigest(results),
  });
  return {
    sheet,
    key: {
      sluice: KEY_SCHEMA,
      form,
      sample: sheet.sample,
      seed,
      candidate: await sideOf(candidate),
      baseline: baseline && (await sideOf(baseline)),
      strata: [...pool].map(([name, items]) => ({
        name,
        items: items.length,
        drawn: chosen.filter((one) => one.stratum === name).length,
      })),
      items: chosen.map(({ item, stratum, mine, theirs }) => ({
        task: item.task.name,
        key: item.task.items?.keys.key(item.row) as string,
        stratum,
        identical: theirs !== null && mine.answer === theirs.answer,
        answers: {
          candidate: answerDigest(mine.answer),
          baseline: theirs && answerDigest(theirs.answer),
        },
      })),
      cards: cards.map(({ id, item, shows }) => ({ id, item, shows })),
    },
  };
}

/** Items of one stratum in a random order, until so many are found whose answers the files hold. */
async function choose(
  items: readonly PoolItem[],
  stratum: string,
  wanted: number,
  random: Generator,
  { candidate, baseline }: { readonly candidate: Results; readonly baseline: Results | null },
): Promise<Chosen[]> {
  const chosen: Chosen[] = [];
  for (const at of permutation(random, items.length)) {
    if (chosen.length === wanted) break;
    const item = items[at] as PoolItem;
    const [mine] = await candidate.texts(item.task, [item.row]);
    const [theirs] = item.other && baseline ? await baseline.texts(item.other.task, [item.other.row]) : [];
    if (mine && (theirs || !baseline)) chosen.push({ item, stratum, mine, theirs: theirs ?? null });
  }
  return chosen;
}

/** A pair with random sides; or each version's answer by itself, one card where they are the same. */
function cardsOf({ item, mine, theirs }: Chosen, index: number, form: ReviewForm, blind: Blind): KeyedCard[] {
  const name = [item.task.name, item.task.items?.keys.key(item.row) as string];
  const card = (shows: Version[], answers: readonly string[]): KeyedCard => ({
    id: blind.token('card', ...name, ...shows).slice(0, 12),
    input: mine.input,
    reference: mine.target,
    answers,
    item: index,
    shows,
  });
  if (!theirs) return [card(['candidate'], [mine.answer])];
  const same = mine.answer === theirs.answer;
  if (form !== 'pairs') {
    return same
      ? [card(['candidate', 'baseline'], [mine.answer])]
      : [card(['candidate'], [mine.answer]), card(['baseline'], [theirs.answer])];
  }
  if (same) return [];
  return blind.coin(...name)
    ? [card(['baseline', 'candidate'], [theirs.answer, mine.answer])]
    : [card(['candidate', 'baseline'], [mine.answer, theirs.answer])];
}
