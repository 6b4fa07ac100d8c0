import { stringify } from 'yaml';
import type { Definition, InputSpec } from '../action.ts';
import { noneMeansAbsent } from '../inputs.ts';

export const GENERATED = '# Generated from src/definition.ts by `npm run generate`. Do not edit.';

/** The default that the host shows: `none` stands for "not given" where an empty text could be a lost value. */
export const shownDefault = (spec: InputSpec): string | undefined =>
  spec.default ?? (noneMeansAbsent(spec) ? 'none' : undefined);

/** Description with what is allowed, for every manifest. */
export const described = (spec: { description: string; type: { rule: string } }): string =>
  `${spec.description} Allowed: ${spec.type.rule}.`;

const yaml = (value: unknown) => stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

/** `action.yml`: what a GitHub, Gitea or Forgejo runner reads. */
export function actionYml(definition: Definition): string {
  const inputs = Object.entries(definition.inputs).map(([name, spec]) => {
    const fallback = shownDefault(spec);
    return [
      name,
      {
        description: described(spec),
        required: spec.required ?? false,
        ...(fallback === undefined ? {} : { default: fallback }),
      },
    ];
  });
  const outputs = Object.entries(definition.outputs).map(([name, spec]) => [
    name,
    { description: described(spec) },
  ]);
  return `${GENERATED}\n${yaml({
    name: `Sluice: ${definition.title}`,
    description: definition.description,
    author: 'Sluice',
    inputs: Object.fromEntries(inputs),
    outputs: Object.fromEntries(outputs),
    runs: { using: 'node24', main: `../../dist/${definition.name}/index.js` },
    branding: { icon: 'git-merge', color: 'blue' },
  })}`;
}

/** `action-types.yml`, the github-actions-typing convention. */
export function actionTypesYml(definition: Definition): string {
  const typings = (specs: Definition['inputs'] | Definition['outputs']) =>
    Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.type.typing]));
  return `${GENERATED}\n${yaml({ inputs: typings(definition.inputs), outputs: typings(definition.outputs) })}`;
}
