/**
 * A text of a results file as a message may show it: characters that move a terminal's cursor, colour it, or turn the direction of
 * what follows, are shown as the sign for what cannot be shown.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
