import { byteLength } from './bytes.ts';
import type { Piece } from './pieces.ts';

/** How much of each kind of piece is kept: rows and lines up to so many bytes a table or block, pieces up to a number. */
interface Keep {
  readonly rowBytes: number;
  readonly lineBytes: number;
  readonly pieces: number;
}
const ALL: Keep = { rowBytes: Infinity, lineBytes: Infinity, pieces: Infinity };

/**
 * Joins pieces into at most `maxBytes` bytes of UTF-8, or gives undefined where not even the first piece fits.
 * The longest table is shortened first (all to one length in bytes, so short ones stay whole), then the longest
 * fenced block, then whole pieces go from the end. What is missing is said where it is missing and in the last line.
 */
export function shorten(
  head: string,
  pieces: readonly Piece[],
  whole: string,
  maxBytes: number,
): string | undefined {
  const attempt = (keep: Keep): string | undefined => {
    const text = render(head, pieces, keep, whole);
    return byteLength(text) <= maxBytes ? text : undefined;
  };
  return (
    attempt(ALL) ??
    largest(maxBytes, (rowBytes) => attempt({ ...ALL, rowBytes })) ??
    largest(maxBytes, (lineBytes) => attempt({ ...ALL, rowBytes: 0, lineBytes })) ??
    largest(pieces.length - 1, (count) => attempt({ rowBytes: 0, lineBytes: 0, pieces: count }))
  );
}

/** The result for the largest whole number up to `limit` that has one, by bisection. */
function largest(limit: number, attempt: (value: number) => string | undefined): string | undefined {
  let best: string | undefined;
  let from = 0;
  let to = limit;
  while (from <= to) {
    const middle = Math.floor((from + to) / 2);
    const result = attempt(middle);
    if (result === undefined) to = middle - 1;
    else {
      best = result;
      from = middle + 1;
    }
  }
  return best;
}

function render(head: string, pieces: readonly Piece[], keep: Keep, whole: string): string {
  const missing = { rows: 0, lines: 0 };
  const shown = pieces.slice(0, keep.pieces).map((piece) => renderPiece(piece, keep, missing));
  const parts = Math.max(0, pieces.length - keep.pieces);
  const left = [
    ...(parts > 0 ? [count(parts, 'part')] : []),
    ...(missing.rows > 0 ? [count(missing.rows, 'row')] : []),
    ...(missing.lines > 0 ? [count(missing.lines, 'line')] : []),
  ];
  const note = left.length === 0 ? [] : [`*Shortened: ${left.join(', ')} left out. ${whole}*`];
  return `${[head, ...shown, ...note].filter((part) => part !== '').join('\n\n')}\n`;
}

function renderPiece(piece: Piece, keep: Keep, missing: { rows: number; lines: number }): string {
  switch (piece.kind) {
    case 'fixed':
      return piece.text;
    case 'rows': {
      const rows = upTo(piece.rows, keep.rowBytes);
      const gone = piece.rows.length - rows.length + piece.more;
      missing.rows += gone;
      const table = [piece.head, ...rows].join('\n');
      return gone > 0 ? `${table}\n\n*${count(gone, 'more row')}*` : table;
    }
    case 'fence': {
      const lines = upTo(piece.lines, keep.lineBytes);
      const gone = piece.lines.length - lines.length;
      missing.lines += gone;
      const block = [piece.open, ...lines, piece.close].join('\n');
      return gone > 0 ? `${block}\n\n*${count(gone, 'more line')}*` : block;
    }
    case 'group':
      return [piece.open, ...piece.pieces.map((p) => renderPiece(p, keep, missing)), piece.close].join(
        '\n\n',
      );
  }
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

function upTo(lines: readonly string[], bytes: number): readonly string[] {
  if (bytes === Infinity) return lines;
  let sum = 0;
  for (let i = 0; i < lines.length; i++) {
    sum += byteLength(lines[i] as string) + 1;
    if (sum > bytes) return lines.slice(0, i);
  }
  return lines;
}
