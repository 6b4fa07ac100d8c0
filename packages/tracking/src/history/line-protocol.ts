import { partsOf, type VersionFigures } from './figure.ts';

/** A point of InfluxDB: strings as fields are quoted, tags are always text. */
export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string | undefined>>;
  /** Numbers that are not finite, and fields that are undefined, are left out. */
  readonly fields: Readonly<Record<string, number | string | undefined>>;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * A point as a line of InfluxDB's line protocol (docs.influxdata.com, "Line protocol"), without its line feed; undefined where no
 * field is left, since a point needs one. Tags are sorted by key, which InfluxDB asks for; empty ones are left out, which it would refuse.
 */
export function toLine({ measurement, tags, fields, at }: Point): string | undefined {
  const values = Object.entries(fields).flatMap(([key, value]) => {
    const written = fieldValue(value);
    return written === undefined ? [] : [`${escapeKey(key)}=${written}`];
  });
  if (values.length === 0) return undefined;
  const labels = Object.entries(tags)
    .filter((tag): tag is [string, string] => tag[1] !== undefined && tag[1] !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `,${escapeKey(key)}=${escapeKey(value)}`);
  return `${escapeMeasurement(measurement)}${labels.join('')} ${values.join(',')} ${Math.trunc(at)}`;
}

/** The lines of one version: one a figure, in the measurement `evaluation`. */
export function toLines({ model, version, runId, commit, decision, at, figures }: VersionFigures): string {
  return figures
    .flatMap(({ name, value, lower, upper }) => {
      const line = toLine({
        measurement: 'evaluation',
        tags: { model, version, decision, ...partsOf(name) },
        // a run is one of very many: as a tag it would make a series of its own
        fields: { value, lower, upper, run_id: runId, commit },
        at,
      });
      return line === undefined ? [] : [`${line}\n`];
    })
    .join('');
}

function fieldValue(value: number | string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return `"${oneLine(value).replace(/[\\"]/g, '\\$&')}"`;
  return Number.isFinite(value) ? String(value) : undefined;
}

const escapeKey = (text: string) => plain(text).replace(/[,= ]/g, '\\$&');
const escapeMeasurement = (text: string) => plain(text).replace(/[, ]/g, '\\$&');

/** The protocol has no line feeds outside of strings, and control characters have no place in a name. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const oneLine = (text: string) => text.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, ' ');

/** Readers differ in what a backslash means before a separator, another one, or the end: a name has slashes instead. */
const plain = (text: string) => oneLine(text).replaceAll('\\', '/');
