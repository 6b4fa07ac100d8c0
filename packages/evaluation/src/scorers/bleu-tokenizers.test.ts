import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bleuEncoder, bleuTokens } from './bleu-tokenizers.ts';
import { Vocabulary } from './ngram-matcher.ts';

const PIECES = [
  'the', 'U.S.', '3.14', '1,000', '...', '-', 'e-mail', '5-', ',', '.', '.5', "don't", '"', '&quot;', '&amp;', '<skipped>',
  '今', '。', '“', '２', '\u3000', '\u00a0', ' ', '  ', '\t', '\n', '-\n', '😀', '%',
]; // biome-ignore format: a list of pieces

test.each(['13a', 'zh', 'char', 'none'] as const)(
  '%s: words that are cut once each give the tokens of the whole line',
  (tokenizer) => {
    const encode = bleuEncoder(tokenizer);
    const vocabulary = new Vocabulary();
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string()), { maxLength: 12 }),
        (pieces) => {
          const text = pieces.join('');
          // the same numbers for the same tokens, whichever came first
          const [ids, tokens] = [encode(text), bleuTokens(text, tokenizer)];
          expect(ids.length).toBe(tokens.length);
          const numbers = vocabulary.encode(tokens);
          const pairs = new Set(Array.from(ids, (id, i) => `${id} ${numbers[i]}`));
          expect(pairs.size).toBe(new Set(ids).size);
          expect(pairs.size).toBe(new Set(numbers).size);
        },
      ),
      { numRuns: 2000 },
    );
  },
);
