import type { Definition, InputSpec } from '@sluice/contract';
import { columns, wrap } from './layout.ts';

/** `sluice <action> --help`, whole from the definition. */
export function actionHelp(definition: Definition, width: number): string {
  const inputs = Object.entries(definition.inputs);
  const required = inputs.filter(([, spec]) => spec.required);
  const usage = [
    'sluice',
    definition.name,
    ...required.map(([name, spec]) => `--${name} ${placeholder(spec)}`),
    required.length < inputs.length ? '[--input value …]' : '',
  ];
  return [
    `sluice ${definition.name}: ${definition.title}`,
    '',
    ...wrap(definition.description, width),
    '',
    'Usage',
    `  ${usage.filter(Boolean).join(' ')}`,
    '',
    'Inputs',
    ...columns(inputs.map(inputRow), width),
    '',
    'Outputs',
    ...columns(
      Object.entries(definition.outputs).map(([name, spec]) => [
        name,
        `${spec.description} (${spec.type.name})`,
      ]),
      width,
    ),
    '',
    'Beside the inputs',
    ...columns(
      [
        [
          '--json',
          'One JSON object on standard output and nothing else: action, exit, outputs or error. On a CI host no output is set then.',
        ],
        ['--help', 'This text.'],
      ],
      width,
    ),
    '',
    'Exit status',
    ...columns(EXITS, width),
    '',
  ].join('\n');
}

/** What every exit status says, on all hosts. */
export const EXITS: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['2', 'bad input, or a tool is missing'],
  ['3', 'not approved'],
  ['4', 'a system refused, or did not answer in time'],
  ['5', 'your own program failed'],
  ['70', 'a fault of ours'],
];

const placeholder = (spec: InputSpec) => (spec.type.name === 'Flag' ? '' : `<${spec.type.name}>`);

function inputRow([name, spec]: [string, InputSpec]): [string, string] {
  const fallback = spec.default === undefined || spec.default === '' ? '' : `Default: ${spec.default}.`;
  const notes = [
    spec.required ? 'Required.' : '',
    spec.secret ? 'Secret.' : '',
    `Allowed: ${spec.type.rule}.`,
    fallback,
  ];
  return [
    `--${name} ${placeholder(spec)}`.trimEnd(),
    `${spec.description}\n${notes.filter(Boolean).join(' ')}`,
  ];
}
