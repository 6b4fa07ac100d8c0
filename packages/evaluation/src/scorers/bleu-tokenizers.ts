import { Vocabulary } from './ngram-matcher.ts';
import { isSpace, splitWords, withoutTrailingSpace } from './whitespace.ts';
import { WordEncoder } from './word-encoder.ts';

export type BleuTokenizer = '13a' | 'zh' | 'char' | 'none';

/** Turns texts into token numbers, the same for the same tokens that `bleuTokens` gives. */
export function bleuEncoder(tokenizer: BleuTokenizer): (text: string) => Int32Array {
  if (tokenizer === '13a') {
    const words = new WordEncoder((word) => western(` ${word} `));
    return (text) => words.encode(unescaped(withoutTrailingSpace(text)));
  }
  if (tokenizer === 'zh') return chineseEncoder();
  const vocabulary = new Vocabulary();
  return (text) => vocabulary.encode(bleuTokens(text, tokenizer));
}

/** `zh` pads no line, so the first and the last word have no white space on their outer side. */
function chineseEncoder(): (text: string) => Int32Array {
  const encoder = new WordEncoder((word) => western(` ${word} `));
  const chinese = chineseUnits();
  return (text) => {
    const line = withoutTrailingSpace(text).trim();
    const words: string[] = [];
    let start = -1;
    for (let i = 0; i <= line.length; i++) {
      const unit = i < line.length ? line.charCodeAt(i) : 32;
      const alone = chinese[unit] === 1;
      if (!alone && !isSpace(unit)) {
        if (start < 0) start = i;
        continue;
      }
      if (start >= 0) words.push(line.slice(start, i));
      if (alone) words.push(line[i] as string);
      start = -1;
    }
    encoder.begin();
    const last = words.length - 1;
    for (let w = 0; w <= last; w++) {
      const word = words[w] as string;
      // separated characters are padded on both sides
      const left = w === 0 && chinese[word.charCodeAt(0)] !== 1 ? '' : ' ';
      const right = w === last && chinese[word.charCodeAt(0)] !== 1 ? '' : ' ';
      if (left === ' ' && right === ' ') encoder.word(word);
      else encoder.tokens(western(`${left}${word}${right}`));
    }
    return encoder.end();
  };
}

/** The tokens of a text as sacrebleu's tokenizer of that name gives them. */
export function bleuTokens(text: string, tokenizer: BleuTokenizer): string[] {
  const line = withoutTrailingSpace(text);
  switch (tokenizer) {
    case 'none':
      return splitWords(line);
    case 'char':
      return splitWords([...line].join(' '));
    case 'zh':
      return western(separateChinese(line.trim()));
    case '13a':
      return western(` ${unescaped(line)} `);
  }
}

function unescaped(line: string): string {
  const joined = line.replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  if (!joined.includes('&')) return joined;
  return joined
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

const PLAIN = /^[A-Za-z0-9 ]*$/;

/** sacrebleu's `TokenizerRegexp`, the common end of `13a` and `zh`. */
function western(line: string): string[] {
  // most text has nothing to separate but words
  if (PLAIN.test(line)) return splitWords(line);
  return splitWords(
    line
      .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ')
      .replace(/([^0-9])([.,])/gu, '$1 $2 ')
      .replace(/([.,])([^0-9])/g, ' $1 $2')
      .replace(/([0-9])(-)/g, '$1 $2 '),
  );
}

/**
 * The ranges that sacrebleu calls Chinese. It compares strings, and two of its ranges are written with five digits after
 * `\u`, so in truth they are U+2000 '0' to U+2A6D '6' and U+2F80 '0' to U+2FA1 'd': single characters above U+2000 up to
 * U+2A6D and from above U+2F80 up to U+2FA1. The same is done here.
 */
const CHINESE =
  /[\u3400-\u4db5\u4e00-\u9fa5\u9fa6-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\u2001-\u2a6d\u2f81-\u2fa1\uff00-\uffef\u2e80-\u2eff\u3000-\u303f\u31c0-\u31ef\u2f00-\u2fdf\u2ff0-\u2fff\u3100-\u312f\u31a0-\u31bf\ufe10-\ufe1f\ufe30-\ufe4f\u2600-\u26ff\u2700-\u27bf\u3200-\u32ff\u3300-\u33ff]/gu;

/** 1 for each UTF-16 unit that is Chinese; all ranges lie in the basic plane. */
function chineseUnits(): Uint8Array {
  const units = new Uint8Array(65_536);
  const all = Array.from({ length: 0xd800 }, (_, unit) => String.fromCharCode(unit)).join('');
  const high = Array.from({ length: 0x2000 }, (_, i) => String.fromCharCode(0xe000 + i)).join('');
  for (const text of [all, high])
    for (const { 0: character } of text.matchAll(CHINESE)) units[character.charCodeAt(0)] = 1;
  return units;
}

function separateChinese(line: string): string {
  return line.replace(CHINESE, ' $& ');
}
