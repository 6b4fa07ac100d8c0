export { actionTypesYml, actionYml, shownDefault } from './action-yml.ts';
export { type ComponentExtras, gitlabComponent, outputPrefix, variableName } from './gitlab-component.ts';
export { documentSchemas, jsonSchema } from './json-schema.ts';
export { fillReadme } from './readme.ts';
