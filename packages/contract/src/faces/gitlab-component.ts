import { stringify } from 'yaml';
import type { Definition, InputSpec } from '../action.ts';
import { described, GENERATED, shownDefault } from './action-yml.ts';

/** What only the GitLab component of an action has, beside the inputs every component has. */
export interface ComponentExtras {
  readonly stage: string;
  /** Where the step makes sense only after a change of certain files; GitLab's `rules:` can see no output. */
  readonly modelPaths?: readonly string[];
}

export const variableName = (input: string): string =>
  `SLUICE_INPUT_${input.toUpperCase().replaceAll('-', '_')}`;
export const outputPrefix = (action: string): string => action.toUpperCase().replaceAll('-', '_');

function componentInput(spec: InputSpec): Record<string, unknown> {
  const fallback = shownDefault(spec) ?? (spec.required ? undefined : '');
  return { description: described(spec), ...(fallback === undefined ? {} : { default: fallback }) };
}

/**
 * The GitLab component: the same program as the action. Inputs travel as job variables, never as text inside `script:`.
 * The exception is `sluice-command`, which names the program itself: as a variable, whoever may start a pipeline with variables could
 * replace it; as an input it comes from the commit, and its pattern lets no shell syntax through.
 * A component knows one input of a name: its own may not be called like one of an action (`image` is one of canary-step).
 */
export function gitlabComponent(definition: Definition, extras: ComponentExtras): string {
  const { name } = definition;
  const own = {
    'job-name': { description: 'Name of the job.', default: name },
    stage: { description: 'Stage of the job.', default: extras.stage },
    'output-prefix': {
      description: 'Prefix of the variables that the dotenv report hands on.',
      default: outputPrefix(name),
      regex: '^[A-Z][A-Z0-9_]*$',
    },
    'runner-tags': {
      description: 'Tags of the runners that may take the job.',
      type: 'array',
      default: [],
    },
    'job-image': {
      description: 'Image of the job; mirror it and name it by digest where there is no internet.',
      default: 'node:24',
    },
    'sluice-command': {
      description: 'How the program is started: `sluice` of the image, or a path in the checkout.',
      default: 'sluice',
      regex: '^[A-Za-z0-9@%+=:,._/ -]+$',
    },
    ...(extras.modelPaths
      ? {
          'model-paths': {
            description:
              'The job runs when one of these files changed; GitLab cannot decide it by an output of an earlier job.',
            type: 'array',
            default: extras.modelPaths,
          },
        }
      : {}),
  };
  const taken = Object.keys(definition.inputs).find((input) => input in own);
  if (taken) throw new Error(`the component of ${name} has an input '${taken}' of its own: rename one`);
  const inputs = Object.entries(definition.inputs).map(([input, s]) => [input, componentInput(s)]);
  const spec = { spec: { inputs: { ...own, ...Object.fromEntries(inputs) } } };
  const job = {
    '$[[ inputs.job-name ]]': {
      stage: '$[[ inputs.stage ]]',
      image: '$[[ inputs.job-image ]]',
      tags: '$[[ inputs.runner-tags ]]',
      variables: {
        SLUICE_OUTPUT_PREFIX: '$[[ inputs.output-prefix ]]',
        ...Object.fromEntries(
          Object.keys(definition.inputs).map((input) => [variableName(input), `$[[ inputs.${input} ]]`]),
        ),
      },
      ...(extras.modelPaths
        ? {
            rules: [
              { if: '$CI_PIPELINE_SOURCE == "schedule"' },
              { if: '$CI_PIPELINE_SOURCE == "web"' },
              { changes: '$[[ inputs.model-paths ]]' },
            ],
          }
        : {}),
      script: [`$[[ inputs.sluice-command ]] ${name}`],
      artifacts: {
        when: 'always',
        paths: ['sluice-report/'],
        reports: {
          dotenv: 'sluice.env',
          junit: 'sluice-report/*/junit.xml',
          codequality: 'sluice-report/*/codequality.json',
          metrics: 'sluice-report/*/metrics.txt',
        },
      },
    },
  };
  const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
  return `${GENERATED}\n${yaml(spec)}---\n${yaml(job)}`;
}
