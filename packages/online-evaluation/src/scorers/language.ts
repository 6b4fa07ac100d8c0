const SCRIPTS = {
  kana: /[\p{Script=Hiragana}\p{Script=Katakana}]/u,
  han: /\p{Script=Han}/u,
  hangul: /\p{Script=Hangul}/u,
  latin: /\p{Script=Latin}/u,
  cyrillic: /\p{Script=Cyrillic}/u,
  arabic: /\p{Script=Arabic}/u,
} as const;

export type Language = 'zh' | 'ja' | 'ko' | 'en' | 'ru' | 'ar';

/**
 * The language that a text's script stands for, by most of its letters: `en` is any in Latin letters, `ru` any in Cyrillic. A Latin word
 * counts as one letter, since a Chinese sentence may hold several names. Undefined where there are no letters.
 */
export function languageOf(text: string): Language | undefined {
  const counts = { kana: 0, han: 0, hangul: 0, latin: 0, cyrillic: 0, arabic: 0 };
  const words = text.replace(/[\p{Script=Latin}\p{M}\p{Nd}'’-]+/gu, (word) =>
    SCRIPTS.latin.test(word) ? 'x' : '',
  );
  for (const character of words)
    for (const [script, pattern] of Object.entries(SCRIPTS))
      if (pattern.test(character)) counts[script as keyof typeof counts]++;
  const han = counts.han + counts.kana;
  const ranked = (
    [
      // Japanese is Han with a good part of kana
      [counts.kana * 5 >= han ? 'ja' : 'zh', han],
      ['ko', counts.hangul],
      ['en', counts.latin],
      ['ru', counts.cyrillic],
      ['ar', counts.arabic],
    ] as const
  ).toSorted(([, a], [, b]) => b - a);
  const [first] = ranked;
  return first && first[1] > 0 ? first[0] : undefined;
}
