import {
  actionTypesYml,
  actionYml,
  documentSchemas,
  fillReadme,
  gitlabComponent,
  jsonSchema,
} from '../packages/contract/src/faces/index.ts';
import type { Definition } from '../packages/contract/src/index.ts';

const STAGES: Readonly<Record<string, string>> = {
  'lint-and-unit': 'code',
  'lora-train': 'model',
  quantize: 'model',
  'eval-gate': 'model',
  'build-vllm-image': 'deploy',
  'smoke-test': 'deploy',
  'canary-step': 'deploy',
  rollback: 'deploy',
};

/** What GitLab's `rules: changes:` watches; lint-and-unit decides by the same list on hosts that can read outputs. */
const MODEL_PATHS = [
  'src/train*',
  'src/train*/**/*',
  'config*',
  '**/config*',
  '**/config*/**/*',
  '**/*.dvc',
  '**/dvc.lock',
  'data/**/*',
];

/** Every generated file of an action: path from the root, whole text. */
export function facesOf(definition: Definition, readme: string, version: string): [string, string][] {
  const folder = `actions/${definition.name}`;
  return [
    [
      `${folder}/src/version.ts`,
      `// Generated from package.json by \`npm run generate\`.\nexport const VERSION = '${version}';\n`,
    ],
    [`${folder}/action.yml`, actionYml(definition)],
    [`${folder}/action-types.yml`, actionTypesYml(definition)],
    [`${folder}/schema.json`, jsonSchema(definition)],
    ...documentSchemas(definition).map(([input, text]): [string, string] => [
      `${folder}/${input}.schema.json`,
      text,
    ]),
    [`${folder}/README.md`, fillReadme(readme, definition)],
    [
      `templates/${definition.name}/template.yml`,
      gitlabComponent(definition, {
        stage: STAGES[definition.name] ?? 'test',
        ...(definition.name === 'lora-train' ? { modelPaths: MODEL_PATHS } : {}),
      }),
    ],
  ];
}
