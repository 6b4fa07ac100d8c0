import { Generator } from '@sluice/statistics';
import { expect, test } from 'vitest';
import { WordEncoder } from './word-encoder.ts';

test('what was handed out stays as it was, however many and however long the texts', () => {
  const random = Generator.fromSeed(1);
  const encoder = new WordEncoder((word) => [...word]);
  const texts = Array.from({ length: 400 }, (_, i) =>
    Array.from({ length: i === 200 ? 30_000 : 60 }, () => String(Math.floor(random.uniform() * 5000))).join(
      ' ',
    ),
  );
  const encoded = texts.map((text) => encoder.encode(text));
  const digits = new Map<number, string>();
  for (const [i, text] of texts.entries()) {
    const wanted = text.replaceAll(' ', '');
    expect(encoded[i]?.length).toBe(wanted.length);
    for (const [k, id] of encoded[i]?.entries() ?? []) {
      if (!digits.has(id)) digits.set(id, wanted[k] as string);
      if (digits.get(id) !== wanted[k]) throw new Error(`text ${i}, token ${k}: ${id} is another token`);
    }
  }
  expect(digits.size).toBe(10);
});

test('words of the same letters in another order are told apart', () => {
  const encoder = new WordEncoder((word) => [word]);
  const ids = encoder.encode('ab ba abc acb bac ab');
  expect(new Set(ids).size).toBe(5);
  expect(ids[0]).toBe(ids[5]);
});
