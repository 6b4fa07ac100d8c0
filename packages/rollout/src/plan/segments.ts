import { quote, UserError } from '@sluice/contract';

/** Who may be sent to the candidate: for every header, one of its values. */
export type Segments = Readonly<Record<string, readonly string[]>>;

/**
 * Reads `x-region = eu, us`, one header a line (or between semicolons).
 * @throws UserError that names the line at fault
 */
export function parseSegments(text: string): Segments {
  const segments: Record<string, readonly string[]> = {};
  for (const line of text.split(/[\n;]/).map((part) => part.trim())) {
    if (line === '') continue;
    const [, header, list = ''] = /^([A-Za-z][A-Za-z0-9-]*)\s*[=:]\s*(.+)$/.exec(line) ?? [];
    const values = list.split(',').map((value) => value.trim());
    if (header === undefined || values.some((value) => value === ''))
      throw new UserError(
        `segments: ${quote(line)} is no header with its values; write one a line, such as x-region = eu, us`,
      );
    const name = header.toLowerCase();
    if (segments[name]) throw new UserError(`segments: ${name} stands twice; write its values in one line`);
    segments[name] = values.map((value) => value.toLowerCase());
  }
  if (Object.keys(segments).length === 0)
    throw new UserError('segments is empty; leave it out where everybody may be in the canary');
  return segments;
}
