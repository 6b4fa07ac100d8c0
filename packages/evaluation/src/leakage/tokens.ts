const CJK = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Soft hyphens, zero-width spaces and joiners: nobody sees them, and they would cut words in two. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;
const TOKEN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]|[\p{L}\p{N}\p{M}]+/gu;

/**
 * A text as tokens that survive another formatting: compatibility forms and case folded, words of letters and digits,
 * each Chinese, Japanese or Korean character a token of its own; punctuation and spaces are left out.
 */
export function tokensOf(text: string): string[] {
  const folded = text.normalize('NFKC').replace(INVISIBLE, '').toLowerCase();
  const words = folded.match(TOKEN) ?? [];
  return CJK.test(folded) ? words.flatMap(splitMixed) : words;
}

/** A run of letters may hold a CJK character in its middle, since both are letters. */
function splitMixed(word: string): string[] {
  return CJK.test(word) && word.length > 1
    ? [
        ...word.matchAll(
          /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu,
        ),
      ].map((m) => m[0])
    : [word];
}
