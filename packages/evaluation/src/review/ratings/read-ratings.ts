import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { messageOf, UserError } from '@sluice/contract';
import { eachCsvRow } from '../../text/csv.ts';
import { isObject } from '../../text/tolerant-json.ts';

/** One rating as a file holds it. */
export interface RatingRow {
  /** File and line (or entry), for errors. */
  readonly where: string;
  readonly sample: string;
  readonly card: string;
  /** '' where nothing was said. */
  readonly rating: string;
  readonly reviewer: string;
}

const COLUMNS = ['sample', 'card', 'rating'] as const;

/**
 * Reads ratings: what the form exported as CSV or JSON, or the sheet's CSV with its column `rating` filled in. Where no
 * reviewer is named the file's name stands for one.
 * @throws UserError where the file is none of these
 */
export async function readRatings(path: string): Promise<RatingRow[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UserError(`review: ${path} cannot be read (${messageOf(error)})`);
  });
  const unnamed = basename(path).replace(/\.[^.]*$/, '');
  return /^\ufeff?\s*\{/.test(text) ? fromJson(text, path, unnamed) : fromCsv(path, unnamed);
}

async function fromCsv(path: string, unnamed: string): Promise<RatingRow[]> {
  const rows: RatingRow[] = [];
  await eachCsvRow(path, (row, line) => {
    const missing = COLUMNS.filter((name) => row[name] === undefined);
    if (missing.length > 0)
      throw new UserError(
        `review: ${path} has no column ${missing.join(', ')}; ratings have the columns ${COLUMNS.join(', ')} and reviewer`,
      );
    const { sample = '', card = '', rating = '', reviewer = '' } = row;
    // a spreadsheet leaves empty rows at the end
    if (`${sample}${card}${rating}`.trim() === '') return;
    rows.push({
      where: `${path} line ${line}`,
      sample: sample.trim(),
      card: card.trim(),
      rating: rating.trim(),
      reviewer: reviewer.trim() || unnamed,
    });
  });
  if (rows.length === 0) throw new UserError(`review: ${path} holds no ratings`);
  return rows;
}

function fromJson(text: string, path: string, unnamed: string): RatingRow[] {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    throw new UserError(`review: ${path} is not valid JSON (${messageOf(error)})`);
  }
  if (!isObject(value) || value.sluice !== 'review-ratings/1' || !Array.isArray(value.ratings))
    throw new UserError(
      `review: ${path} holds no ratings; expected what the form exported (sluice: review-ratings/1)`,
    );
  const sample = String(value.sample);
  const reviewer = typeof value.reviewer === 'string' ? value.reviewer.trim() : '';
  return value.ratings.map((entry: unknown, i) => {
    const { card, rating } = isObject(entry) ? entry : {};
    return {
      where: `${path} rating ${i + 1}`,
      sample,
      card: String(card),
      rating: typeof rating === 'string' ? rating.trim() : '',
      reviewer: reviewer || unnamed,
    };
  });
}
