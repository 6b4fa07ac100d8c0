import { createHash } from 'node:crypto';
import { type Digest, digest } from '@sluice/contract';
import { canonicalJson } from '../../results/digest.ts';
import type { ReviewForm } from '../form.ts';

/** One thing to judge, without a word of who wrote it. */
export interface Card {
  /** A random name. */
  readonly id: string;
  readonly input: string;
  /** The reference answer; empty where there is none. */
  readonly reference: string;
  /** Two in pairs (A, B), else one. */
  readonly answers: readonly string[];
}

/** All that a reviewer is given. */
export interface Sheet {
  readonly title: string;
  readonly form: ReviewForm;
  /** What ratings name, so that they are never read against another sample. */
  readonly sample: Digest;
  readonly cards: readonly Card[];
}

/** A sheet and the digest over its cards. */
export function sheetOf(title: string, form: ReviewForm, cards: readonly Card[]): Sheet {
  const hex = createHash('sha256').update(canonicalJson({ form, cards })).digest('hex');
  return { title, form, sample: digest.parse(`sha256:${hex}`), cards };
}
