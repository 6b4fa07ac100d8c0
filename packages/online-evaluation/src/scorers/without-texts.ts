import type { Answer } from '../answer.ts';

/** Characters in a row that a line shares with a prompt or an answer no more by chance than it may. */
const PIECE = 10;
/** Texts under it say nothing. */
const SHORTEST = 4;

/**
 * What a scorer said, for logs and pages, without the lines that hold a piece of a prompt or of an answer: programs that fail like to
 * print what they failed at, and these texts go nowhere but to their scorers.
 */
export function withoutTexts(said: string, answers: readonly Answer[]): string {
  const lines = said.split('\n').map((line) => ({ line, pieces: piecesOf(line) }));
  const secret = new Set<number>();
  for (const { prompt, response } of answers)
    for (const text of [prompt, response].flatMap(spellings))
      for (const [i, { line, pieces }] of lines.entries()) {
        if (secret.has(i)) continue;
        const short = text.length < PIECE;
        if (short ? line.includes(text) : holdsPiece(text, pieces)) secret.add(i);
      }
  return lines
    .map(({ line }, i) => (secret.has(i) ? '(a line with text of a prompt or an answer is left out)' : line))
    .join('\n');
}

/** A text as it is, and as programs print it inside a string; nothing for one that is too short. */
function spellings(text: string | undefined): string[] {
  const whole = text?.trim() ?? '';
  if (whole.length < SHORTEST) return [];
  const quoted = JSON.stringify(whole).slice(1, -1);
  const ascii = quoted.replaceAll(
    /[^\x20-\x7e]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return [...new Set([whole, quoted, ascii])];
}

function piecesOf(text: string): Set<string> {
  const pieces = new Set<string>();
  for (let i = 0; i + PIECE <= text.length; i++) pieces.add(text.slice(i, i + PIECE));
  return pieces;
}

function holdsPiece(text: string, pieces: ReadonlySet<string>): boolean {
  if (pieces.size === 0) return false;
  for (let i = 0; i + PIECE <= text.length; i++) if (pieces.has(text.slice(i, i + PIECE))) return true;
  return false;
}
