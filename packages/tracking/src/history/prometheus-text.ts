import { partsOf, type VersionFigures } from './figure.ts';

type Labels = Readonly<Record<string, string | undefined>>;

interface Family {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels: Labels; readonly value: number }[];
}

/**
 * The figures of one version in Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats"): gauges without timestamps,
 * which the textfile collector and the Pushgateway both refuse. `model` is left out where the Pushgateway groups by it.
 */
export function toPrometheusText(
  { model, version, decision, at, figures }: VersionFigures,
  { grouped = false }: { readonly grouped?: boolean } = {},
): string {
  const about: Labels = { ...(grouped ? {} : { model }), version };
  const bound = (which: 'lower' | 'upper') =>
    figures.flatMap((figure) => {
      const value = figure[which];
      return value === undefined ? [] : [{ labels: { ...about, ...partsOf(figure.name) }, value }];
    });
  const families: Family[] = [
    {
      name: 'sluice_evaluation_value',
      help: 'What the evaluation of a version measured.',
      samples: figures.map(({ name, value }) => ({ labels: { ...about, ...partsOf(name) }, value })),
    },
    {
      name: 'sluice_evaluation_lower_bound',
      help: 'Lower bound of the interval that decided.',
      samples: bound('lower'),
    },
    {
      name: 'sluice_evaluation_upper_bound',
      help: 'Upper bound of the interval that decided.',
      samples: bound('upper'),
    },
    {
      name: 'sluice_gate_decision',
      help: 'The last decision of the gate: 1 for the one that was taken.',
      samples: ['approve', 'reject', 'undecided'].map((word) => ({
        labels: { ...about, decision: word },
        value: word === decision ? 1 : 0,
      })),
    },
    {
      name: 'sluice_gate_decided_timestamp_seconds',
      help: 'When the gate decided, in seconds since 1970.',
      samples: [{ labels: about, value: at / 1000 }],
    },
  ];
  return families.map(familyText).join('');
}

function familyText({ name, help, samples }: Family): string {
  const finite = samples.filter(({ value }) => Number.isFinite(value));
  if (finite.length === 0) return '';
  const lines = finite.map(({ labels, value }) => `${name}${labelText(labels)} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter((label): label is [string, string] => label[1] !== undefined && label[1] !== '')
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Backslash, quote and line feed; nothing else has an escape, and all of Unicode is allowed. */
export const escapeLabel = (text: string): string =>
  text.toWellFormed().replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
