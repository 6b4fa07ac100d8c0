import { nearest, quote, UserError } from '@sluice/contract';

/**
 * The parameters behind the `?` of a source, each one of `keys`, each once.
 * @param shown the source without its secrets, for errors
 * @throws UserError for an unknown, empty or repeated one
 */
export function readParameters<K extends string>(
  parameters: URLSearchParams,
  keys: readonly K[],
  shown: string,
): { [key in K]?: string } {
  const said: { [key in K]?: string } = {};
  for (const [key, value] of parameters) {
    const known = keys.find((k) => k === key);
    if (!known || value === '' || said[known] !== undefined) {
      const near = known ? undefined : nearest(key, keys);
      const what = !known ? 'the unknown part' : value === '' ? 'an empty' : 'more than one';
      throw new UserError(
        `metrics ${quote(shown)} has ${what} ${quote(key)}.${near ? ` Did you mean ${near}?` : ''} Allowed: ${keys.join(', ')}.`,
      );
    }
    said[known] = value;
  }
  return said;
}
