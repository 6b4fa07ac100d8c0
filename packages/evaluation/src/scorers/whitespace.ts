/** Python's `str.split()`: the same white space, which is not quite JavaScript's. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: U+001C to U+001F are white space in Python
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

/** Words between white space, as Python's `str.split()` gives them. */
export function splitWords(text: string): string[] {
  return text.split(SPACE).filter((word) => word !== '');
}

/** A text without any white space. */
export function withoutSpace(text: string): string {
  return text.split(SPACE).join('');
}

/** Python's `str.rstrip()`. */
export function withoutTrailingSpace(text: string): string {
  let end = text.length;
  while (end > 0 && SPACE.test(text[end - 1] as string)) end--;
  return text.slice(0, end);
}
