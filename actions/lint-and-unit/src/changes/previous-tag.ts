interface Numbered {
  readonly tag: string;
  /** What stands before the number, such as `model/v`. */
  readonly prefix: string;
  readonly numbers: readonly number[];
  /** A pre-release comes before its release. */
  readonly pre: string;
}

/** The tag before another one, by version, among tags of the same name: `model/v1.2.0` follows `model/v1.1.9`, not `web/v1.1.9`. */
export function previousTag(tag: string, all: readonly string[]): string | undefined {
  const here = numbered(tag);
  if (!here) return undefined;
  return all
    .flatMap((other) => numbered(other) ?? [])
    .filter((other) => other.prefix === here.prefix && compare(other, here) < 0)
    .sort(compare)
    .at(-1)?.tag;
}

function numbered(tag: string): Numbered | undefined {
  const [, prefix, numbers, pre] = /^(.*?)(\d+(?:\.\d+)*)(-[0-9A-Za-z.-]+)?$/.exec(tag) ?? [];
  return numbers === undefined
    ? undefined
    : { tag, prefix: prefix ?? '', numbers: numbers.split('.').map(Number), pre: pre ?? '' };
}

function compare(a: Numbered, b: Numbered): number {
  const length = Math.max(a.numbers.length, b.numbers.length);
  for (let i = 0; i < length; i++) {
    const difference = (a.numbers[i] ?? 0) - (b.numbers[i] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.pre === b.pre) return 0;
  if (a.pre === '' || b.pre === '') return a.pre === '' ? 1 : -1;
  return a.pre.localeCompare(b.pre, 'en', { numeric: true });
}
